#include "control/reported.h"

#include <charconv>

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

std::optional<std::uint64_t> number_in(const link::RoleStatus& role, const std::string& fact) {
  const auto found = role.facts().find(fact);
  if (found == role.facts().end()) return std::nullopt;
  const std::string& text = found->second;
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace tusker
