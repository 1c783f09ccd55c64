#include "plan/conditions.h"

#include <algorithm>

#include "plan/sizing.h"

namespace tusker {
namespace {

std::size_t count_running(const Definitions& definitions,
                          const store::Cluster& cluster,
                          const std::vector<store::Node>& nodes,
                          const std::string& role) {
  std::size_t count = 0;
  for (const store::Node& node : nodes) {
    if (node.removing()) continue;
    const auto roles = roles_of(definitions, cluster, nodes, node);
    count += static_cast<std::size_t>(
        std::count_if(roles.begin(), roles.end(), [&](const RoleDefinition* other) {
          return other->name == role;
        }));
  }
  return count;
}

}  // namespace

std::vector<Condition> complete_conditions(const Definitions& definitions,
                                           const store::Cluster& cluster,
                                           const std::vector<store::Node>& nodes) {
  std::vector<Condition> conditions;
  for (const store::Component& chosen : cluster.components()) {
    const ComponentDefinition* component = definitions.component(chosen.name());
    if (component == nullptr) continue;
    for (const RoleDefinition& role : component->roles) {
      for (const CompleteDefinition& complete : role.complete) {
        conditions.push_back({role.name,
                              complete.fact,
                              complete.counted_role.empty()
                                  ? complete.equals
                                  : std::to_string(count_running(
                                        definitions, cluster, nodes, complete.counted_role))});
      }
    }
  }
  return conditions;
}

}  // namespace tusker
