#include "agent/node_observer.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <charconv>

#include "agent/cgroups.h"
#include "agent/node_tasks.h"
#include "base/file.h"
#include "base/text.h"

namespace tusker {
namespace {

constexpr std::int64_t kSlowStartMs = 3000;  // RoleStatus.log: of a role that starts for longer

// The pid that a process has in the innermost pid namespace: the last word of NSpid in
// /proc/PID/status.
pid_t pid_in_node(pid_t pid) {
  const Result<std::string> status = read_file(fmt::format("/proc/{}/status", pid), 1 << 16);
  const std::size_t at = status.ok() ? status->find("\nNSpid:") : std::string::npos;
  if (at == std::string::npos) return 0;
  const std::size_t end = status->find('\n', at + 1);
  const std::size_t begin = status->find_last_of("\t ", end) + 1;
  pid_t value = 0;
  std::from_chars(status->data() + begin, status->data() + end, value);
  return value;
}

std::uint64_t resident_bytes(pid_t pid) {
  const Result<std::string> statm = read_file(fmt::format("/proc/{}/statm", pid), 256);
  const std::size_t space = statm.ok() ? statm->find(' ') : std::string::npos;
  if (space == std::string::npos) return 0;
  std::uint64_t pages = 0;
  std::from_chars(statm->data() + space + 1, statm->data() + statm->size(), pages);
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t used_bytes(const std::string& mount) {
  struct statvfs disk {};
  if (::statvfs(mount.c_str(), &disk) != 0) return 0;
  return static_cast<std::uint64_t>(disk.f_blocks - disk.f_bfree) * disk.f_frsize;
}

}  // namespace

NodeObserver::NodeObserver(const HostLayout& host,
                           const link::Node& desired,
                           std::shared_ptr<Container> container)
    : node_(host, desired.id()), desired_(desired), container_(std::move(container)) {}

NodeView NodeObserver::look(WallTime now, bool with_figures) {
  NodeView view;
  view.alive = container_->alive();
  for (const link::Task& task : desired_.tasks())
    view.tasks.push_back(read_task(node_, desired_, task, now));
  view.roles_held = what_holds_roles(desired_, view.tasks);
  for (const link::Role& role : desired_.roles()) {
    NodeView::RoleView seen = look_at(role, now);
    const bool may_start = view.roles_held.empty() || role.wanted() != link::Role::RUNNING;
    if (view.alive && may_start) steer_role(node_, role, seen.service);
    view.roles.emplace(role.name(), std::move(seen));
  }
  if (with_figures || memory_used_ == 0) count_figures(view);
  for (auto& [name, role] : view.roles) role.memory_bytes = role_memory_[name];
  view.memory_used = memory_used_;
  view.disk_used = disk_used_;
  return view;
}

void NodeObserver::end(const link::Task& task) {
  end_task(node_, desired_, task);
}

NodeView::RoleView NodeObserver::look_at(const link::Role& role, WallTime now) {
  NodeView::RoleView seen;
  seen.service = read_role_service(node_, role.name());
  const std::string log = node_.logs + "/" + role.name() + "/current";
  const auto& supervised = seen.service.supervised;
  if (supervised && !supervised->running() && seen.service.starts > 0) {
    seen.log = last_lines(log, 50);
  } else if (supervised && supervised->running() &&
             now.ms - supervised->since_wall_ms > kSlowStartMs) {
    seen.log = last_lines(log, 3, 8 << 10);
  }
  return seen;
}

void NodeObserver::count_figures(const NodeView& view) {
  memory_used_ = memory_used(node_.cgroup);
  disk_used_ = 0;
  for (const link::Disk& disk : desired_.disks())
    disk_used_ += used_bytes(node_.disk_mount(disk.name()));
  std::map<pid_t, std::string> names;
  for (const auto& [name, role] : view.roles) {
    if (role.service.supervised && role.service.supervised->running())
      names[role.service.supervised->pid] = name;
  }
  role_memory_.clear();
  for (const pid_t pid : processes_of(node_.cgroup)) {
    const auto role = names.find(pid_in_node(pid));
    if (role != names.end()) role_memory_[role->second] = resident_bytes(pid);
  }
}

}  // namespace tusker
