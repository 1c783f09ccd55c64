#include "plan/step_types.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tusker {

Result<std::vector<std::string>> step_command(const Definitions& definitions,
                                              const store::Cluster& cluster,
                                              std::string_view type) {
  std::vector<std::string> types;
  for (const store::Component& has : cluster.components()) {
    const ComponentDefinition* const component = definitions.component(has.name());
    if (component == nullptr) continue;
    for (const auto& [name, command] : component->steps) {
      if (name == type) return command;
      types.push_back(name);
    }
  }
  return Error::make(ErrorCode::NotFound,
                     "nothing of this cluster runs {} steps; it runs {}",
                     type,
                     types.empty() ? "none" : fmt::format("{}", fmt::join(types, ", ")));
}

}  // namespace tusker
