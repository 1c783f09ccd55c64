#include "agent/node_entry.h"

#include <google/protobuf/util/message_differencer.h>

namespace tusker {
namespace {

using RoleState = link::RoleStatus::State;

link::NodeStatus::State state_of(const NodeEntry& entry) {
  if (entry.removing) return link::NodeStatus::REMOVING;
  if (entry.failure) return link::NodeStatus::FAILED;
  if (entry.container && entry.made == entry.wanted) return link::NodeStatus::RUNNING;
  return entry.lost ? link::NodeStatus::LOST : link::NodeStatus::CREATING;
}

RoleState role_state(const NodeView& view,
                     const link::Role& role,
                     const RoleService& seen,
                     const RoleProbes* probes) {
  const bool never_started = seen.starts == 0;
  if (seen.supervised && seen.supervised->running()) {
    // One that is about to end answers for a while yet.
    const bool ending = seen.restarting || role.wanted() == link::Role::STOPPED;
    return probes != nullptr && probes->ready() && !ending ? link::RoleStatus::READY
                                                           : link::RoleStatus::STARTING;
  }
  const bool rests = never_started || (seen.supervised && !seen.supervised->wanted_up);
  const bool held = role.wanted() == link::Role::HELD ||
                    (role.wanted() == link::Role::RUNNING && !view.roles_held.empty());
  if (held && rests) return link::RoleStatus::HELD;
  if (role.wanted() == link::Role::STOPPED) return link::RoleStatus::STOPPED;
  if (never_started || !seen.supervised) return link::RoleStatus::STARTING;
  return link::RoleStatus::DOWN;
}

}  // namespace

link::RoleStatus role_status(const NodeEntry& entry, const link::Role& role) {
  link::RoleStatus status;
  status.set_name(role.name());
  const auto view = entry.view.roles.find(role.name());
  if (view == entry.view.roles.end()) {
    status.set_state(role.wanted() == link::Role::HELD ? link::RoleStatus::HELD
                                                       : link::RoleStatus::STARTING);
    return status;
  }
  const RoleService& seen = view->second.service;
  const auto probing = entry.probing.find(role.name());
  const RoleProbes* probes =
      probing == entry.probing.end() ? nullptr : probing->second.probes.get();
  status.set_state(role_state(entry.view, role, seen, probes));
  if (seen.supervised && seen.supervised->running())
    status.set_pid(static_cast<std::uint32_t>(seen.supervised->pid));
  status.set_restarts(seen.starts > seen.starts_before ? seen.starts - seen.starts_before - 1 : 0);
  status.set_last_exit_code(seen.last_exit.value_or(0));
  status.set_restart_serial(seen.restart_serial);
  status.set_memory_bytes(view->second.memory_bytes);
  if (status.state() == link::RoleStatus::HELD) status.set_not_ready(entry.view.roles_held);
  if (probes != nullptr) {
    status.set_not_ready(probes->not_ready());
    for (const auto& [name, value] : probes->facts()) (*status.mutable_facts())[name] = value;
  }
  if (probing != entry.probing.end() && probing->second.reload) {
    status.set_reloaded(probing->second.reload->reloaded());
    status.set_reload_error(probing->second.reload->error());
  }
  if (status.state() == link::RoleStatus::DOWN || status.state() == link::RoleStatus::STARTING) {
    for (const std::string& line : view->second.log) status.add_log(line);
  }
  return status;
}

link::NodeStatus status_of(const NodeEntry& entry) {
  link::NodeStatus status;
  status.set_id(entry.id);
  status.set_state(state_of(entry));
  if (entry.failure) *status.mutable_failure() = *entry.failure;
  status.set_files_digest(entry.files_digest);
  if (entry.container) status.set_started_wall_ms(entry.container->started_wall_ms);
  if (entry.container && entry.made) {
    for (const link::Role& role : entry.made->node.roles())
      *status.add_roles() = role_status(entry, role);
    for (const link::TaskStatus& task : entry.view.tasks) *status.add_tasks() = task;
  }
  status.set_memory_used_bytes(entry.view.memory_used);
  status.set_disk_used_bytes(entry.view.disk_used);
  return status;
}

bool is_orphan(const NodeEntry& entry) {
  return !entry.wanted && !entry.removing;
}

bool is_fulfilled(const NodeEntry& entry) {
  return entry.wanted && entry.made == entry.wanted && entry.container && !entry.failure;
}

bool is_settled(const NodeEntry& entry) {
  if (entry.busy || entry.removing) return false;
  if (!entry.container || !entry.made) return true;  // a timer or a job will say
  for (const link::Role& role : entry.made->node.roles()) {
    const RoleState state = role_status(entry, role).state();
    const bool as_wanted = role.wanted() == link::Role::RUNNING
                               ? state == link::RoleStatus::READY || state == link::RoleStatus::HELD
                           : role.wanted() == link::Role::STOPPED
                               ? state == link::RoleStatus::STOPPED
                               : state != link::RoleStatus::STARTING;
    if (!as_wanted) return false;
  }
  for (const link::TaskStatus& task : entry.view.tasks) {
    if (task.state() == link::TaskStatus::WAITING || task.state() == link::TaskStatus::RUNNING)
      return false;
  }
  return true;
}

bool same_order(const NodeOrder& a, const NodeOrder& b) {
  const auto same_artifact = [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.kind == y.second.kind && x.second.size == y.second.size;
  };
  return a.subnet.base == b.subnet.base && a.subnet.prefix == b.subnet.prefix &&
         std::equal(a.artifacts.begin(),
                    a.artifacts.end(),
                    b.artifacts.begin(),
                    b.artifacts.end(),
                    same_artifact) &&
         google::protobuf::util::MessageDifferencer::Equals(a.node, b.node);
}

}  // namespace tusker
