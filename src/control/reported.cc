#include "control/reported.h"

namespace tusker {

std::string_view word_of(link::NodeStatus::State state) {
  switch (state) {
    case link::NodeStatus::CREATING:
      return "creating";
    case link::NodeStatus::RUNNING:
      return "running";
    case link::NodeStatus::REMOVING:
      return "removing";
    case link::NodeStatus::FAILED:
      return "failed";
    case link::NodeStatus::LOST:
      return "lost, being made again";
    default:
      return "unknown";  // a newer agent's word
  }
}

std::string_view word_of(link::RoleStatus::State state) {
  switch (state) {
    case link::RoleStatus::HELD:
      return "held";
    case link::RoleStatus::STARTING:
      return "starting";
    case link::RoleStatus::READY:
      return "ready";
    case link::RoleStatus::DOWN:
      return "down";
    case link::RoleStatus::STOPPED:
      return "stopped";
    default:
      return "unknown";
  }
}

const link::RoleStatus* role_in(const link::NodeStatus& node, std::string_view role) {
  for (const link::RoleStatus& status : node.roles()) {
    if (status.name() == role) return &status;
  }
  return nullptr;
}

}  // namespace tusker
