#include "plan/definition_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "plan/formula.h"
#include "plan/nearest.h"
#include "plan/sizing.h"
#include "plan/spec.h"
#include "plan/text_template.h"

namespace tusker {
namespace {

// All names that something may refer to, once.
struct Names {
  std::vector<std::string> roles, components, releases, ports, facts, settings;
};

Names names_of(const Definitions& definitions) {
  Names names;
  names.facts = SizingFacts::names();
  for (const ComponentDefinition& component : definitions.components) {
    names.components.push_back(component.name);
    names.releases.push_back(component.name + "-" + component.version);
    for (const FactDefinition& fact : component.facts) names.facts.push_back(fact.name);
    for (const SettingDefinition& setting : component.settings)
      names.settings.push_back(setting.key);
    for (const RoleDefinition& role : component.roles) {
      names.roles.push_back(role.name);
      for (const PortDefinition& port : role.ports)
        names.ports.push_back(role.name + "." + port.name);
    }
  }
  return names;
}

bool has(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

void expect_known(const YamlValue& at,
                  std::string_view kind,
                  std::string_view name,
                  const std::vector<std::string>& known) {
  if (!has(known, name))
    at.report(fmt::format("there is no {} \"{}\"{}", kind, name, did_you_mean(name, known)));
}

void check_formula(const Reference& reference, const Names& names) {
  const auto used = facts_of_formula(reference.name);
  if (!used.ok()) {
    reference.at.report(used.error().message());
    return;
  }
  for (const std::string& fact : *used) expect_known(reference.at, "fact", fact, names.facts);
}

void check_template_name(const Reference& reference, const std::string& name, const Names& names) {
  if (name.starts_with("port:")) {
    expect_known(reference.at, "port", name.substr(5), names.ports);
  } else if (!name.starts_with("disks:") && !name.starts_with("disk_urls:") &&
             !has(names.facts, name)) {
    expect_known(reference.at, "name", name, template_names());
  }
}

void check_texts(const Reference& reference, const Names& names) {
  const auto used = names_of_template(reference.name);
  if (!used.ok()) {
    reference.at.report(used.error().message());
    return;
  }
  for (const std::string& name : *used) {
    if (reference.kind == Reference::Kind::Identity) {
      expect_known(reference.at, "identity", name, cluster_identities());
    } else {
      check_template_name(reference, name, names);
    }
  }
}

void check_reference(const Reference& reference, const Names& names) {
  switch (reference.kind) {
    case Reference::Kind::Role:
      return expect_known(reference.at, "role", reference.name, names.roles);
    case Reference::Kind::Port:
      return expect_known(reference.at, "port", reference.name, names.ports);
    case Reference::Kind::Component:  // "hdfs", or "hdfs-3.5.0" of a release
      return expect_known(
          reference.at,
          "component",
          reference.name,
          reference.name.find('-') == std::string::npos ? names.components : names.releases);
    case Reference::Kind::Setting:
      return expect_known(reference.at, "setting", reference.name, names.settings);
    case Reference::Kind::Formula:
      return check_formula(reference, names);
    case Reference::Kind::Template:
    case Reference::Kind::Identity:
      return check_texts(reference, names);
  }
}

using Edges = std::map<std::string, std::vector<std::string>>;

// A way from `name` back to `name`, or nothing.
std::vector<std::string> find_cycle(const Edges& edges, const std::string& start) {
  std::vector<std::string> path;
  std::set<std::string> seen;
  const std::function<bool(const std::string&)> reaches_start = [&](const std::string& name) {
    path.push_back(name);
    const auto next = edges.find(name);
    if (next != edges.end()) {
      for (const std::string& other : next->second) {
        if (other == start) return true;
        if (seen.insert(other).second && reaches_start(other)) return true;
      }
    }
    path.pop_back();
    return false;
  };
  if (!reaches_start(start)) return {};
  path.push_back(start);
  return path;
}

void check_cycles(const Edges& edges, std::string_view what, Problems& problems) {
  std::set<std::string> told;
  for (const auto& [name, others] : edges) {
    const std::vector<std::string> cycle =
        told.contains(name) ? std::vector<std::string>{} : find_cycle(edges, name);
    if (cycle.empty()) continue;
    told.insert(cycle.begin(), cycle.end());
    problems.add(
        "components", 0, fmt::format("{} in a circle: {}", what, fmt::join(cycle, " -> ")));
  }
}

void check_circles(const Definitions& definitions, Problems& problems) {
  Edges after, needs;
  for (const ComponentDefinition& component : definitions.components) {
    needs[component.name] = component.needs;
    for (const RoleDefinition& role : component.roles) after[role.name] = role.after;
  }
  check_cycles(after, "roles wait for each other", problems);
  check_cycles(needs, "components need each other", problems);
}

void check_doubles(const std::vector<std::string>& names,
                   std::string_view what,
                   Problems& problems) {
  std::set<std::string> seen;
  for (const std::string& name : names) {
    if (!name.empty() && !seen.insert(name).second)
      problems.add("components", 0, fmt::format("{} \"{}\" is defined twice", what, name));
  }
}

// Roles of all components may meet on one node.
void check_ports(const Definitions& definitions, Problems& problems) {
  std::map<std::uint32_t, std::string> owners;
  for (const ComponentDefinition& component : definitions.components) {
    for (const RoleDefinition& role : component.roles) {
      for (const PortDefinition& port : role.ports) {
        const std::string name = role.name + "." + port.name;
        const auto [owner, is_new] = owners.emplace(port.number, name);
        if (!is_new)
          problems.add("components",
                       0,
                       fmt::format("port {} is both {} and {}", port.number, owner->second, name));
      }
    }
  }
}

void check_releases(const Definitions& definitions, const Names& names, Problems& problems) {
  for (const ReleaseDefinition& release : definitions.releases) {
    for (const auto& [key, value] : release.settings) {
      if (!has(names.settings, key)) {
        problems.add("releases",
                     0,
                     fmt::format("{}: there is no setting \"{}\"{}",
                                 release.name,
                                 key,
                                 did_you_mean(key, names.settings)));
      }
    }
  }
  if (definitions.releases.empty()) problems.add("releases", 0, "there is no release");
  for (const std::string& shape : definitions.specs.shapes) {
    if (!is_spec_shape(shape))
      problems.add("releases/specs.yaml",
                   0,
                   fmt::format("\"{}\" is no shape such as SMALL1 or 2XLARGE16", shape));
  }
  if (definitions.specs.shapes.empty() || definitions.specs.families.empty())
    problems.add("releases/specs.yaml", 0, "no node spec is offered");
}

}  // namespace

const std::vector<std::string>& cluster_identities() {
  static const std::vector<std::string> kNames = {
      "hdfs.block_pool_id", "hdfs.cluster_id", "hdfs.namespace_id"};
  return kNames;
}

const std::vector<std::string>& template_names() {
  static const std::vector<std::string> kNames = {"conf", "first_core", "master", "node"};
  return kNames;
}

void check_definitions(const Definitions& definitions,
                       const std::vector<Reference>& references,
                       Problems& problems) {
  const Names names = names_of(definitions);
  for (const Reference& reference : references) check_reference(reference, names);
  check_doubles(names.roles, "role", problems);
  check_doubles(names.components, "component", problems);
  check_doubles(names.settings, "setting", problems);
  check_doubles(names.facts, "fact", problems);
  check_ports(definitions, problems);
  check_circles(definitions, problems);
  check_releases(definitions, names, problems);
}

}  // namespace tusker
