#include "plan/configuration.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/definition_reader.h"
#include "plan/formula.h"
#include "plan/node_paths.h"
#include "plan/sizing.h"
#include "plan/text_template.h"

namespace tusker {
namespace {

// The lowest living node of a type: "" when there is none.
std::string first_of(const std::vector<store::Node>& nodes, store::NodeType type) {
  const store::Node* first = nullptr;
  for (const store::Node& node : nodes) {
    if (node.type() != type || node.removing()) continue;
    if (first == nullptr || node.index() < first->index()) first = &node;
  }
  return first == nullptr ? "" : node_hostname(*first);
}

// "role.port" -> number as text.
std::optional<std::string> port_text(const Definitions& definitions, std::string_view name) {
  const std::size_t dot = name.find('.');
  const RoleDefinition* role = definitions.role(name.substr(0, dot));
  if (role == nullptr || dot == std::string_view::npos) return std::nullopt;
  for (const PortDefinition& port : role->ports) {
    if (port.name == name.substr(dot + 1)) return std::to_string(port.number);
  }
  return std::nullopt;
}

// "hdfs/data" on every disk, separated by commas.
std::string on_disks(const store::Node& node, std::string_view prefix, std::string_view path) {
  std::string out;
  for (int disk = 1; disk <= node.spec().disk_bytes_size(); ++disk) {
    out += fmt::format(
        "{}{}{}", disk == 1 ? "" : ",", prefix, disk_path(static_cast<std::uint32_t>(disk), path));
  }
  return out;
}

// Puts one more layer over a value.
void cover(ConfiguredValue& value, Layer layer, std::string text) {
  value.covered.emplace_back(value.layer, std::move(value.text));
  value.layer = layer;
  value.text = std::move(text);
}

// Computes all values of one node.
class Configurator {
 public:
  Configurator(const Definitions& definitions,
               const store::Cluster& cluster,
               const std::vector<store::Node>& nodes,
               const store::Node& node)
      : definitions_(definitions),
        cluster_(cluster),
        node_(node),
        facts_(definitions, cluster, nodes, node) {
    names_["conf"] = std::string(kConfigurationPath);
    names_["node"] = node_hostname(node);
    names_["master"] = first_of(nodes, store::MASTER);
    names_["first_core"] = first_of(nodes, store::CORE);
  }

  Result<Configuration> run(const GivenSettings& given) {
    for (const store::Component& chosen : cluster_.components()) {
      const ComponentDefinition* component = definitions_.component(chosen.name());
      if (component == nullptr) continue;
      for (const SettingDefinition& setting : component->settings) TK_TRY_VOID(add(setting));
    }
    give(given.cluster.properties, Layer::Cluster);
    if (const auto group = given.group.find(node_.type()); group != given.group.end())
      give(group->second, Layer::Group);
    if (const auto own = given.node.find(node_.id()); own != given.node.end())
      give(own->second, Layer::Node);
    out_.whole_files = given.cluster.whole_files;
    return std::move(out_);
  }

 private:
  Status add(const SettingDefinition& setting) {
    ConfiguredValue value;
    value.setting = &setting;
    if (setting.formula.empty()) {
      TK_TRY(value.text, expand_template(setting.text, [this](std::string_view name) {
               return name_text(name);
             }));
      if (setting.text.empty()) value.text = setting.literal;
    }
    extend(setting, value.text);
    apply_release(setting, value);
    if (!setting.formula.empty()) {
      TK_TRY(std::string text, compute(setting));
      if (value.layer == Layer::Release) {
        cover(value, Layer::Sizing, std::move(text));
      } else {
        value.layer = Layer::Sizing;
        value.text = std::move(text);
      }
    }
    TK_TRY_VOID(check_setting_value(setting, value.text).context("node {}", node_.name()));
    out_.files[setting.file][setting.key] = std::move(value);
    return ok_status();
  }

  void extend(const SettingDefinition& setting, std::string& text) const {
    for (const store::Component& chosen : cluster_.components()) {
      const ComponentDefinition* const component = definitions_.component(chosen.name());
      if (component == nullptr) continue;
      const auto found = component->extends.find(setting.key);
      if (found != component->extends.end()) text += "," + found->second;
    }
  }

  void apply_release(const SettingDefinition& setting, ConfiguredValue& value) const {
    const ReleaseDefinition* release = definitions_.release(cluster_.release());
    if (release == nullptr) return;
    const auto found = release->settings.find(setting.key);
    if (found != release->settings.end()) cover(value, Layer::Release, found->second);
  }

  Result<std::string> compute(const SettingDefinition& setting) const {
    const auto number = evaluate_formula(
        setting.formula, [this](std::string_view name) { return facts_.find(name); });
    if (!number.ok()) return Error(number.error()).context("setting {}", setting.key);
    if (setting.type == SettingType::Boolean) return std::string(*number != 0 ? "true" : "false");
    return number_text(setting.type == SettingType::Integer
                           ? static_cast<double>(static_cast<std::int64_t>(*number))
                           : *number);
  }

  std::optional<std::string> name_text(std::string_view name) const {
    if (name.starts_with("port:")) return port_text(definitions_, name.substr(5));
    if (name.starts_with("disks:")) return on_disks(node_, "", name.substr(6));
    if (name.starts_with("disk_urls:")) return on_disks(node_, "file://", name.substr(10));
    if (const auto found = names_.find(name); found != names_.end()) return found->second;
    if (const auto number = facts_.find(name)) return number_text(*number);
    return std::nullopt;
  }

  void give(const Properties& properties, Layer layer) {
    for (const auto& [file, values] : properties) {
      for (const auto& [key, text] : values) {
        const auto [at, is_new] = out_.files[file].try_emplace(key);
        if (is_new) {
          at->second.text = text;
          at->second.layer = layer;
        } else {
          cover(at->second, layer, text);
        }
      }
    }
  }

  const Definitions& definitions_;
  const store::Cluster& cluster_;
  const store::Node& node_;
  SizingFacts facts_;
  std::map<std::string, std::string, std::less<>> names_;
  Configuration out_;
};

}  // namespace

std::string_view to_string(Layer layer) {
  switch (layer) {
    case Layer::Default:
      return "default";
    case Layer::Release:
      return "release";
    case Layer::Sizing:
      return "sizing";
    case Layer::Cluster:
      return "cluster";
    case Layer::Group:
      return "group";
    case Layer::Node:
      return "node";
  }
  return "unknown";
}

Result<GivenSettings> given_settings(const Definitions& definitions,
                                     const store::Cluster& cluster) {
  GivenSettings given;
  TK_TRY(given.cluster,
         parse_custom_configuration(
             definitions, cluster.components(), cluster.custom_configuration()));
  return given;
}

Result<Configuration> configure_node(const Definitions& definitions,
                                     const store::Cluster& cluster,
                                     const std::vector<store::Node>& nodes,
                                     const store::Node& node,
                                     const GivenSettings& given) {
  return Configurator(definitions, cluster, nodes, node).run(given);
}

std::string node_hostname(const store::Node& node) {
  return fmt::format("{}.{}.tusker.internal", node.name(), node.cluster_id());
}

}  // namespace tusker
