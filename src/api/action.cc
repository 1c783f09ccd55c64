#include "api/action.h"

#include <algorithm>

namespace tusker::api {

const ActionInfo* find_action(std::string_view name, std::string_view version) {
  const auto actions = all_actions();
  for (auto at = std::ranges::lower_bound(actions, name, {}, &ActionInfo::name);
       at != actions.end() && at->name == name;
       ++at) {
    if (at->version == version) return &*at;
  }
  return nullptr;
}

bool is_version(std::string_view version) {
  return std::ranges::any_of(all_actions(),
                             [&](const ActionInfo& action) { return action.version == version; });
}

}  // namespace tusker::api
