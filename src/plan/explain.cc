#include "plan/explain.h"

#include <fmt/format.h>

#include "plan/configuration.h"
#include "plan/formula.h"
#include "plan/nearest.h"
#include "plan/sizing.h"
#include "plan/text_template.h"

namespace tusker {
namespace {

// "core_nodes=2, node_cpus=4" of what a formula or text names.
std::string inputs_of(const std::vector<std::string>& names, const SizingFacts& facts) {
  std::string out;
  for (const std::string& name : names) {
    if (const auto value = facts.find(name))
      out += fmt::format("{}{}={}", out.empty() ? "" : ", ", name, number_text(*value));
  }
  return out;
}

Explanation explanation_of(const std::string& file,
                           const std::string& key,
                           const ConfiguredValue& value,
                           const SizingFacts& facts) {
  Explanation out;
  out.file = file;
  out.key = key;
  out.value = value.text;
  out.layer = to_string(value.layer);
  for (const auto& [layer, text] : value.covered)
    out.covered.push_back(fmt::format("{} {}", to_string(layer), text));
  if (value.setting == nullptr) return out;
  out.start_only = value.setting->start_only;
  out.formula = value.setting->formula.empty() ? value.setting->text : value.setting->formula;
  if (out.formula.empty()) return out;
  const auto names = value.setting->formula.empty() ? names_of_template(out.formula)
                                                    : facts_of_formula(out.formula);
  if (names.ok()) out.inputs = inputs_of(*names, facts);
  return out;
}

}  // namespace

Result<Explanation> explain(const Definitions& definitions,
                            const store::Cluster& cluster,
                            const std::vector<store::Node>& nodes,
                            const store::Node& node,
                            std::string_view key) {
  TK_TRY(const GivenSettings given, given_settings(definitions, cluster));
  TK_TRY(const Configuration configuration,
         configure_node(definitions, cluster, nodes, node, given));
  std::vector<std::string> keys;
  for (const auto& [file, values] : configuration.files) {
    for (const auto& [name, value] : values) {
      if (name == key)
        return explanation_of(file, name, value, SizingFacts(definitions, cluster, nodes, node));
      keys.push_back(name);
    }
  }
  return Error::make(ErrorCode::NotFound,
                     "{} has no setting \"{}\"{}",
                     node.name(),
                     key.substr(0, 128),
                     did_you_mean(key, keys));
}

}  // namespace tusker
