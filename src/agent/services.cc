#include "agent/services.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "agent/safe_folder.h"
#include "agent/service_folder.h"
#include "agent/service_scripts.h"
#include "base/file.h"

namespace tusker {
namespace {

bool has_service(const NodeLayout& node, const std::string& name) {
  const Result<PinnedFolder> folder = PinnedFolder::open(node.service(), name);
  return folder.ok() && path_exists(folder->file("run"));
}

Status put_number(const PinnedFolder& folder, const char* name, std::uint32_t number) {
  return put_file(folder.file(name), fmt::format("{}\n", number), 0644);
}

// Everything but `run` first: what s6-svscan finds must be complete, so a new service is made under
// a name that it ignores.
Status write_service(const NodeLayout& node,
                     const link::Node& desired,
                     const link::Role& role,
                     const ImageUser& user,
                     int oom) {
  const bool held = std::any_of(desired.tasks().begin(),
                                desired.tasks().end(),
                                [](const link::Task& task) { return task.before_roles(); });
  std::map<std::string, std::string> environment(desired.environment().begin(),
                                                 desired.environment().end());
  for (const auto& [name, value] : role.environment()) environment[name] = value;
  TK_TRY(const std::string run, role_run_script(role, environment, user, oom));
  TK_TRY(const int signal, signal_number(role.stop_signal()));

  const bool fresh = !has_service(node, role.name());
  const std::string name = fresh ? ".new-" + role.name() : role.name();
  if (fresh) TK_TRY_VOID(remove_tree(node.state(name)));
  TK_TRY(const PinnedFolder folder, PinnedFolder::make(node.service(), name));
  TK_TRY(const PinnedFolder log, PinnedFolder::make(folder.path(), "log"));
  TK_TRY_VOID(put_file(folder.file("finish"), role_finish_script(role.kill_group_at_stop()), 0755));
  TK_TRY_VOID(put_file(folder.file("down-signal"), fmt::format("{}\n", signal), 0644));
  TK_TRY_VOID(
      put_file(folder.file("timeout-kill"), fmt::format("{}\n", role.stop_grace_ms()), 0644));
  TK_TRY_VOID(put_file(folder.file("timeout-finish"), "120000\n", 0644));
  TK_TRY_VOID(put_file(log.file("run"), log_script(role.name(), role.log_bytes()), 0755));
  TK_TRY_VOID(put_file(folder.file("run"), run, 0755));
  if (role.maintenance()) {
    TK_TRY_VOID(put_file(folder.file("maintenance"), "", 0644));
  } else {
    ::unlink(folder.file("maintenance").c_str());
  }
  if (!fresh) return ok_status();
  if (held || role.wanted() != link::Role::RUNNING)
    TK_TRY_VOID(put_file(folder.file("down"), "", 0644));
  TK_TRY_VOID(put_number(folder, "restart_serial", role.restart_serial()));
  TK_TRY_VOID(remove_tree(node.state(role.name())));
  if (::rename(node.state(name).c_str(), node.state(role.name()).c_str()) != 0)
    return Error::from_errno(errno, node.state(name));
  return ok_status();
}

Status retire_others(const NodeLayout& node, const std::set<std::string>& wanted, bool& changed) {
  for (const std::string& name : services_in(node)) {
    if (!is_role_name(name) || wanted.count(name) > 0) continue;
    TK_TRY_VOID(retire_service(node, name));
    changed = true;
  }
  return sweep_retired(node);
}

bool may_lower_oom() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  if (::syscall(SYS_capget, &header, data) != 0) return false;
  return (data[0].effective & (1U << CAP_SYS_RESOURCE)) != 0;
}

}  // namespace

OomRange OomRange::of_this_process() {
  OomRange range;
  const Result<std::string> own = read_file("/proc/self/oom_score_adj", 64);
  if (own.ok()) std::from_chars(own->data(), own->data() + own->size(), range.lowest_allowed);
  if (may_lower_oom()) range.lowest_allowed = -1000;
  return range;
}

int OomRange::lowest(const link::Node& node) const {
  int lowest_wanted = 0;
  for (const link::Role& role : node.roles())
    lowest_wanted = std::min(lowest_wanted, role.oom_score_adj());
  return std::clamp(std::max(lowest_wanted, lowest_allowed), -1000, 1000);
}

int OomRange::adjusted(int wanted, const link::Node& node) const {
  int lowest_wanted = 0;
  for (const link::Role& role : node.roles())
    lowest_wanted = std::min(lowest_wanted, role.oom_score_adj());
  const int shift = std::max(0, lowest_allowed - lowest_wanted);
  return std::clamp(wanted + shift, -1000, 1000);
}

Status write_role_services(const NodeLayout& node,
                           const link::Node& desired,
                           const ImageUsers& users,
                           const OomRange& oom) {
  TK_TRY_VOID(ensure_directory(node.service(), 0755));
  std::set<std::string> wanted;
  bool changed = false;
  for (const link::Role& role : desired.roles()) {
    if (!is_role_name(role.name()) || !wanted.insert(role.name()).second) {
      return Error::make(
          ErrorCode::InvalidArgument,
          "role: expected a name of letters, digits and -, once per node, found '{:.80}'",
          role.name());
    }
    TK_TRY(const ImageUser user,
           users.find(role.user().empty() ? "root" : role.user()).context("role {}", role.name()));
    changed = changed || !has_service(node, role.name());
    TK_TRY_VOID(
        write_service(node, desired, role, user, oom.adjusted(role.oom_score_adj(), desired))
            .context("role {}", role.name()));
  }
  TK_TRY_VOID(retire_others(node, wanted, changed));
  // Before the node's first start nobody listens, and everything is found anyway.
  if (changed) (void)command_scan(node.service(), "an");
  return ok_status();
}

RoleService read_role_service(const NodeLayout& node, const std::string& role) {
  RoleService seen;
  const Result<PinnedFolder> folder = PinnedFolder::open(node.service(), role);
  if (!folder.ok()) return seen;
  seen.supervised = read_supervised(folder->path());
  if (const auto starts = numbers_in(folder->file("starts")); !starts.empty()) {
    seen.starts = static_cast<std::uint32_t>(starts[0]);
  }
  if (const auto ended = numbers_in(folder->file("ended")); ended.size() == 2)
    seen.last_exit = static_cast<int>(ended[1]);
  if (const auto serial = numbers_in(folder->file("restart_serial")); !serial.empty()) {
    seen.restart_serial = static_cast<std::uint32_t>(serial[0]);
  }
  if (const auto before = numbers_in(folder->file("operated")); !before.empty())
    seen.starts_before = static_cast<std::uint32_t>(before[0]);
  if (const auto hurry = numbers_in(folder->file("hurry")); !hurry.empty() && seen.starts > 0)
    seen.restarting = static_cast<std::uint32_t>(hurry[0]) == seen.starts;
  return seen;
}

void steer_role(const NodeLayout& node, const link::Role& desired, const RoleService& seen) {
  const Result<PinnedFolder> folder = PinnedFolder::open(node.service(), desired.name());
  if (!folder.ok()) return;
  if (desired.wanted() == link::Role::STOPPED) {
    if (!path_exists(folder->file("down"))) (void)put_file(folder->file("down"), "", 0644);
    if (seen.supervised && seen.supervised->wanted_up) (void)command_service(folder->path(), "d");
    return;
  }
  if (desired.wanted() == link::Role::HELD) return;
  ::unlink(folder->file("down").c_str());
  if (!seen.supervised) return;
  const bool asked = desired.restart_serial() > seen.restart_serial;
  if (seen.supervised->wanted_up && !asked) return;
  // Ended in maintenance: it stays down until somebody says otherwise.
  if (!seen.supervised->wanted_up && desired.maintenance() && !asked && seen.starts > 0) return;
  // Its ends from here on count anew. `hurry` first: the finish script of this very start must not
  // wait. The serial last: a crash in between restarts twice, not never.
  (void)put_number(*folder, "operated", seen.starts);
  bool sent = true;
  if (!seen.supervised->wanted_up) {
    sent = command_service(folder->path(), "u").ok();
  } else {
    (void)put_number(*folder, "hurry", seen.starts);
    sent = !seen.supervised->running() || command_service(folder->path(), "r").ok();
  }
  if (sent) (void)put_number(*folder, "restart_serial", desired.restart_serial());
}

}  // namespace tusker
