#include "api/role_health.h"

#include <fmt/format.h>

#include "control/node_checks.h"
#include "control/node_updates.h"
#include "control/reported.h"

namespace tusker::api {
namespace {

const link::RoleStatus* report_of(const Model& model,
                                  const store::Node& node,
                                  const store::Role& role) {
  const link::NodeStatus* const status = model.status_of(node);
  return status == nullptr ? nullptr : role_in(*status, role.name());
}

// Of a process that its node keeps, or is to keep.
RoleHealth health_of(const Model& model, const store::Node& node, const link::RoleStatus& role) {
  switch (role.state()) {
    case link::RoleStatus::READY:
      return role.not_ready().empty()
                 ? RoleHealth{RoleHealth::Good, "all its probes are answered as they should be"}
                 : RoleHealth{RoleHealth::Down, role.not_ready()};
    case link::RoleStatus::STARTING:
    case link::RoleStatus::DOWN:
      return {RoleHealth::Down, failure_of(model, node, role).message()};
    case link::RoleStatus::STOPPED:
      return {RoleHealth::NotProbed, "stopped"};
    default:
      return role.not_ready().empty() ? RoleHealth{RoleHealth::NotProbed, "not started yet"}
                                      : RoleHealth{RoleHealth::Down, "held: " + role.not_ready()};
  }
}

}  // namespace

std::string_view RoleHealth::text() const {
  switch (code) {
    case Good:
      return "good";
    case Down:
      return "unavailable";
    case NotProbed:
      return "not probed";
    default:
      return "unknown";
  }
}

RoleHealth health_of(const Model& model, const store::Node& node, const store::Role& role) {
  const ObservedHost* const host = model.observed(node.host_id());
  if (host == nullptr || !host->connected || !host->reported) {
    return {RoleHealth::Unknown,
            fmt::format("host {} does not report: its agent is not connected",
                        host_name(model, node.host_id()))};
  }
  if (role.maintenance()) return {RoleHealth::NotProbed, "in maintenance"};
  const link::NodeStatus* const status = model.status_of(node);
  if (node.removing()) return {RoleHealth::NotProbed, "its node is being removed"};
  if (status == nullptr || status->state() == link::NodeStatus::CREATING)
    return {RoleHealth::NotProbed, "its node is being made"};
  if (status->state() == link::NodeStatus::FAILED) {
    return {RoleHealth::Down,
            "its node does not run: " + failure_of(model, node, status->failure()).message()};
  }
  if (status->state() != link::NodeStatus::RUNNING)
    return {RoleHealth::Down, fmt::format("its node is {}", word_of(status->state()))};
  const link::RoleStatus* const reported = role_in(*status, role.name());
  return reported == nullptr ? RoleHealth{RoleHealth::NotProbed, "not started yet"}
                             : health_of(model, node, *reported);
}

bool is_started(const Model& model, const store::Node& node, const store::Role& role) {
  const link::RoleStatus* const reported = report_of(model, node, role);
  return reported != nullptr && (reported->state() == link::RoleStatus::READY ||
                                 reported->state() == link::RoleStatus::STARTING);
}

ConfigurationState configuration_of(const Model& model,
                                    const store::Node& node,
                                    const store::Role& role) {
  const link::RoleStatus* const reported = report_of(model, node, role);
  if (reported == nullptr) return ConfigurationState::Stale;
  if (!reported->reload_error().empty()) return ConfigurationState::Failed;
  const bool in_force = model.status_of(node)->files_digest() == files_digest(node);
  const bool read = !role.has_reload() || reported->reloaded() == reload_tag(node, role.reload());
  const bool restarted = reported->restart_serial() >= role.restart_serial();
  return in_force && read && restarted ? ConfigurationState::InSync : ConfigurationState::Stale;
}

}  // namespace tusker::api
