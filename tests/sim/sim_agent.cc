#include "sim/sim_agent.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file_set.h"
#include "control/canonical_bytes.h"

namespace tusker::sim {
namespace {

using namespace std::chrono_literals;

link::HostFacts facts() {
  link::HostFacts out;
  out.set_hostname("sim");
  out.set_cpus(8);
  out.set_memory_bytes(std::uint64_t{16} << 30);
  out.set_disk_total_bytes(std::uint64_t{100} << 30);
  out.set_disk_free_bytes(std::uint64_t{90} << 30);
  out.set_architecture("x86_64");
  return out;
}

link::RoleStatus& status_in(link::NodeStatus& node, const std::string& role) {
  for (link::RoleStatus& status : *node.mutable_roles()) {
    if (status.name() == role) return status;
  }
  link::RoleStatus& added = *node.add_roles();
  added.set_name(role);
  return added;
}

link::TaskStatus& task_status_in(link::NodeStatus& node, const std::string& id) {
  for (link::TaskStatus& status : *node.mutable_tasks()) {
    if (status.id() == id) return status;
  }
  link::TaskStatus& added = *node.add_tasks();
  added.set_id(id);
  return added;
}

bool is_of_scripts(const link::Task& task) {
  return task.id().starts_with("bootstrap-");
}

std::string files_digest(const link::Node& node) {
  FileSet set;
  for (const link::File& file : node.files()) {
    if (!file.secret())
      set.files[file.path()] = {file.mode() == 0 ? 0644 : file.mode(), file.digest()};
  }
  return set.digest();
}

}  // namespace

void SimAgent::plant_orphan(const std::string& id) {
  planted_.insert(id);
  nodes_[id].status.set_id(id);
}

link::AgentFrame SimAgent::hello() const {
  link::AgentFrame frame;
  frame.mutable_hello()->set_protocol(1);
  frame.mutable_hello()->set_version("sim");
  frame.mutable_hello()->set_host_id(host_id_);
  *frame.mutable_hello()->mutable_facts() = facts();
  return frame;
}

link::AgentFrame SimAgent::heartbeat() const {
  link::AgentFrame frame;
  frame.mutable_heartbeat()->set_disk_free_bytes(facts().disk_free_bytes());
  return frame;
}

link::AgentFrame SimAgent::observed() const {
  link::AgentFrame frame;
  link::Observed& out = *frame.mutable_observed();
  *out.mutable_seen() = seen_;
  for (const auto& [id, node] : nodes_) {
    if (desired_.contains(id) || removing_.contains(id)) {
      *out.add_nodes() = node.status;
    } else {
      out.add_orphans(id);
    }
  }
  for (const std::string& id : removed_) out.add_removed(id);
  *out.mutable_facts() = facts();
  return frame;
}

bool SimAgent::take_over(const link::ServerFrame& frame) {
  if (!frame.has_desired()) return false;
  link::Desired plain = frame.desired();
  plain.clear_generation();
  const link::Generation& generation = frame.desired().generation();
  const auto order = [](const link::Generation& one) {
    return std::pair(one.epoch(), one.commit());
  };
  const std::string bytes = canonical_bytes(plain);
  if (order(generation) == order(seen_) && bytes != seen_bytes_)
    violation_ = "one generation, two desired states";
  if (order(generation) > order(seen_)) {
    seen_ = generation;
    seen_bytes_ = bytes;
    take_desired(frame.desired());
  }
  return true;  // an older one is answered with what was seen
}

void SimAgent::take_desired(const link::Desired& desired) {
  desired_.clear();
  for (const link::Node& node : desired.nodes()) {
    desired_.insert(node.id());
    if (removed_.contains(node.id()) || removing_.contains(node.id()))
      violation_ = node.id() + " is desired after its removal";
    Node& mine = nodes_[node.id()];
    mine.spec = node;
    mine.status.set_id(node.id());
  }
  std::set<std::string> listed(desired.removed().begin(), desired.removed().end());
  std::erase_if(removed_, [&](const std::string& id) { return !listed.contains(id); });
  for (const std::string& id : listed) {
    if (!nodes_.contains(id)) {
      removed_.insert(id);
    } else {
      removing_.try_emplace(id);
    }
  }
  for (const auto& [id, node] : nodes_) {
    if (!desired_.contains(id) && !removing_.contains(id) && !planted_.contains(id))
      violation_ = id + " is neither desired nor removed: an orphan";
  }
}

bool SimAgent::troubled(const Node& node, Trouble::Kind kind) const {
  return trouble_.kind == kind && node.spec.hostname().starts_with(trouble_.node + ".");
}

bool SimAgent::tick(Time now) {
  unsettled_ = false;
  bool changed = step_removals(now);
  for (auto& [id, node] : nodes_) {
    if (desired_.contains(id)) changed = step_node(node, now) || changed;
  }
  return changed;
}

bool SimAgent::step_removals(Time now) {
  bool changed = false;
  for (auto next = removing_.begin(); next != removing_.end();) {
    const auto one = next++;
    const auto found = nodes_.find(one->first);
    Node& node = found->second;
    if (one->second == Time{})
      one->second = now + std::chrono::milliseconds(20 + random_.below(100));
    unsettled_ = true;
    if (now < one->second) continue;
    changed = true;
    node.status.set_state(link::NodeStatus::REMOVING);
    const bool for_ever = troubled(node, Trouble::Kind::RemovalFailsForEver);
    const bool once =
        troubled(node, Trouble::Kind::RemovalFailsOnce) && failed_once_.insert(one->first).second;
    if (for_ever || once) {
      node.status.mutable_failure()->set_what("unmount disk 1");
      node.status.mutable_failure()->set_message("device is busy");
      one->second = now + 5s;
      continue;
    }
    removed_.insert(one->first);
    nodes_.erase(found);
    removing_.erase(one);
  }
  return changed;
}

bool SimAgent::holds_roles(Node& node) {
  return std::any_of(
      node.spec.tasks().begin(), node.spec.tasks().end(), [&](const link::Task& task) {
        const link::TaskStatus& status = task_status_in(node.status, task.id());
        return task.before_roles() &&
               (status.state() != link::TaskStatus::DONE || status.exit_code() != 0);
      });
}

bool SimAgent::step_node(Node& node, Time now) {
  bool changed = step_container(node, now);
  if (node.status.state() != link::NodeStatus::RUNNING) return changed;
  changed = step_files(node, now) || changed;
  changed = step_tasks(node, now) || changed;
  for (const link::Role& role : node.spec.roles()) {
    link::Role wanted = role;
    if (holds_roles(node) && role.wanted() == link::Role::RUNNING)
      wanted.set_wanted(link::Role::HELD);
    changed = step_role(node, wanted, now) || changed;
  }
  return changed;
}

bool SimAgent::step_container(Node& node, Time now) {
  if (node.status.state() == link::NodeStatus::RUNNING) return false;
  unsettled_ = true;
  if (node.next == Time{}) node.next = now + std::chrono::milliseconds(30 + random_.below(150));
  if (now < node.next) return false;
  const bool permanent = troubled(node, Trouble::Kind::NodeFailsPermanently);
  const bool for_ever = troubled(node, Trouble::Kind::NodeFailsForEver) ||
                        (trouble_.also_node_fails && node.spec.hostname().starts_with("core-1."));
  const bool once =
      troubled(node, Trouble::Kind::NodeFailsOnce) && failed_once_.insert(node.spec.id()).second;
  if (permanent || for_ever || once) {
    const bool first = node.status.state() != link::NodeStatus::FAILED;
    node.status.set_state(link::NodeStatus::FAILED);
    link::Failure& failure = *node.status.mutable_failure();
    failure.set_what("start container");
    failure.set_command("runc run");
    failure.set_exit_code(1);
    failure.set_message("exec format error");
    failure.clear_log();
    for (int line = 0; line < 60; ++line) failure.add_log(fmt::format("line {}", line));
    failure.set_permanent(permanent);
    node.next = now + 5s;
    return first;
  }
  node.status.set_state(link::NodeStatus::RUNNING);
  node.status.clear_failure();
  node.status.set_files_digest(files_digest(node.spec));
  ++node.container_starts;
  return true;
}

// A task takes some seconds, submits one application, and ends with the code that is its last word.
bool SimAgent::step_tasks(Node& node, Time now) {
  const std::string before = node.status.SerializeAsString();
  std::set<std::string> wanted;
  for (const link::Task& task : node.spec.tasks()) {
    wanted.insert(task.id());
    const bool of_script = task.id() == trouble_.role;
    link::TaskStatus& status = task_status_in(node.status, task.id());
    Time& next = node.task_next[task.id()];
    if (next == Time{}) next = now + std::chrono::milliseconds(10 + random_.below(100));
    if (status.state() == link::TaskStatus::WAITING && now >= next) {
      status.set_state(link::TaskStatus::RUNNING);
      ++task_starts_[is_of_scripts(task) ? node.spec.id() + task.id() : task.id()];
      next = now + std::chrono::milliseconds(100 + random_.below(3000));
    } else if (status.state() == link::TaskStatus::RUNNING && (task.ends() || now >= next)) {
      if (of_script && troubled(node, Trouble::Kind::ScriptNeverEnds)) continue;
      status.set_state(task.ends() ? link::TaskStatus::TIMED_OUT : link::TaskStatus::DONE);
      status.set_exit_code(task.ends()            ? 143
                           : !is_of_scripts(task) ? std::stoi(*task.argv().rbegin())
                           : of_script && troubled(node, Trouble::Kind::ScriptFails) ? 3
                                                                                     : 0);
      status.add_notes("application application_1_" + task.id());
      status.add_log("the last words");
    }
    if (status.state() == link::TaskStatus::WAITING || status.state() == link::TaskStatus::RUNNING)
      unsettled_ = true;
  }
  const auto gone = [&](const link::TaskStatus& status) { return !wanted.contains(status.id()); };
  auto& tasks = *node.status.mutable_tasks();
  tasks.erase(std::remove_if(tasks.begin(), tasks.end(), gone), tasks.end());
  return node.status.SerializeAsString() != before;
}

bool SimAgent::step_files(Node& node, Time now) {
  const std::string wanted = files_digest(node.spec);
  if (node.status.files_digest() == wanted) return false;
  unsettled_ = true;
  if (node.files_at == Time{})
    node.files_at = now + std::chrono::milliseconds(5 + random_.below(80));
  if (now < node.files_at) return false;
  node.files_at = Time{};
  node.status.set_files_digest(wanted);
  return true;
}

void SimAgent::step_reload(Node& node, const link::Role& role, link::RoleStatus& status, Time now) {
  const bool in_force = node.status.files_digest() == files_digest(node.spec);
  if (!role.has_reload() || !in_force || status.reloaded() == role.reload().tag()) return;
  unsettled_ = true;
  if (node.reload_at == Time{})
    node.reload_at = now + std::chrono::milliseconds(5 + random_.below(50));
  if (now < node.reload_at) return;
  const bool once = troubled(node, Trouble::Kind::ReloadFailsOnce) &&
                    failed_once_.insert(role.reload().tag()).second;
  if (once || troubled(node, Trouble::Kind::ReloadFailsForEver)) {
    status.set_reload_error("refreshNodes: connection refused");
    node.reload_at = now + 1s;
    return;
  }
  node.reload_at = Time{};
  node.drained_at = now + std::chrono::milliseconds(100 + random_.below(2000));
  status.clear_reload_error();
  status.set_reloaded(role.reload().tag());
}

// As far as it has read which nodes leave, a NameNode moves what they hold.
void SimAgent::tell_facts(Node& node, link::RoleStatus& status, Time now) {
  const std::string& cluster = node.spec.cluster_id();
  auto& facts = *status.mutable_facts();
  const auto tell = [&](const char* fact, int number) { facts[fact] = std::to_string(number); };
  if (status.name() == "NameNode") {
    const bool wrong = trouble_.kind == Trouble::Kind::FactNeverRight;
    tell("NumLiveDataNodes", wrong ? 0 : ready_count_(cluster, "DataNode", false));
    tell("MissingBlocks", 0);
    const int leaving = ready_count_(cluster, "DataNode", true);
    const bool never = trouble_.kind == Trouble::Kind::DrainNeverEnds;
    const bool moved = !never && now >= node.drained_at;
    tell("NumDecommissioningDataNodes", moved ? 0 : leaving);
    tell("NumDecomLiveDataNodes", moved ? leaving : 0);
  } else if (status.name() == "ResourceManager") {
    tell("NumActiveNMs", ready_count_(cluster, "NodeManager", false));
  } else if (status.name() == "DataNode") {
    tell("DfsUsed", 1000);
    tell("Remaining", 1000000);
  }
}

bool SimAgent::step_role(Node& node, const link::Role& role, Time now) {
  link::RoleStatus& status = status_in(node.status, role.name());
  const std::string before = status.SerializeAsString();
  const bool mine = role.name() == trouble_.role;
  const auto has = [&](Trouble::Kind kind) { return mine && troubled(node, kind); };
  Time& ready_at = node.role_ready[role.name()];
  const bool runs = status.state() == link::RoleStatus::READY ||
                    status.state() == link::RoleStatus::STARTING ||
                    status.state() == link::RoleStatus::DOWN;
  if (runs && role.wanted() == link::Role::STOPPED) {
    if (has(Trouble::Kind::StopNeverEnds)) {
      status.set_state(link::RoleStatus::STARTING);
    } else if (now >= ready_at) {
      status.set_state(link::RoleStatus::STOPPED);
      status.clear_facts();
      status.clear_reloaded();
      ready_at = now + std::chrono::milliseconds(20 + random_.below(100));
    }
  } else if (status.state() == link::RoleStatus::STOPPED && role.wanted() == link::Role::HELD) {
    status.set_state(link::RoleStatus::HELD);
  } else if (runs && role.wanted() == link::Role::RUNNING &&
             role.restart_serial() > status.restart_serial()) {
    status.set_restart_serial(role.restart_serial());
    status.set_restarts(0);
    status.set_state(link::RoleStatus::STARTING);
    status.clear_reloaded();
    ready_at = now + std::chrono::milliseconds(50 + random_.below(300));
  } else if ((status.state() == link::RoleStatus::HELD ||
              status.state() == link::RoleStatus::STOPPED) &&
             role.wanted() == link::Role::RUNNING) {
    status.set_restart_serial(role.restart_serial());
    status.set_restarts(0);
    status.set_state(link::RoleStatus::STARTING);
    ready_at = now + std::chrono::milliseconds(50 + random_.below(300));
  } else if (status.state() == link::RoleStatus::STARTING && now >= ready_at) {
    const bool once = has(Trouble::Kind::RoleEndsOnce) &&
                      failed_once_.insert(node.spec.id() + role.name()).second;
    if (once || has(Trouble::Kind::RoleEndsForEver)) {
      status.set_state(link::RoleStatus::DOWN);
      status.set_restarts(status.restarts() + 1);
      status.set_last_exit_code(1);
      status.clear_log();
      status.add_log("java.net.BindException: Address already in use");
      ready_at = now + 1s * (1 << std::min(status.restarts(), 6U));
    } else if (has(Trouble::Kind::RoleNeverReady) ||
               (trouble_.also_role_fails && role.name() == "NodeManager" &&
                node.spec.hostname().starts_with(trouble_.node + "."))) {
      status.set_not_ready("port 4001 does not answer");
    } else {
      status.set_state(link::RoleStatus::READY);
      status.clear_log();
    }
  } else if (status.state() == link::RoleStatus::DOWN && now >= ready_at) {
    status.set_state(link::RoleStatus::STARTING);
    ready_at = now + 200ms;
  }
  if (status.state() != link::RoleStatus::READY && status.state() != link::RoleStatus::STOPPED)
    unsettled_ = true;
  if (status.state() == link::RoleStatus::READY) {
    step_reload(node, role, status, now);
    tell_facts(node, status, now);
  }
  return status.SerializeAsString() != before;
}

int SimAgent::ready_roles(const std::string& cluster,
                          const std::string& role,
                          const std::function<bool(const std::string& node)>& counts) const {
  int count = 0;
  for (const auto& [id, node] : nodes_) {
    if (node.spec.cluster_id() != cluster || !desired_.contains(id) || !counts(id)) continue;
    for (const link::RoleStatus& status : node.status.roles()) {
      count += status.name() == role && status.state() == link::RoleStatus::READY ? 1 : 0;
    }
  }
  return count;
}

}  // namespace tusker::sim
