#include "agent/node_tasks.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "agent/s6.h"
#include "agent/safe_folder.h"
#include "agent/service_folder.h"
#include "agent/service_scripts.h"
#include "base/file.h"
#include "base/text.h"

namespace tusker {
namespace {

constexpr std::size_t kLogLines = 50;
// link::TaskStatus.notes
constexpr std::size_t kMostNotes = 64;
constexpr std::size_t kLongestNote = 200;
constexpr std::size_t kMostNoteBytes = 16 << 10;
constexpr std::uint32_t kStopGraceMs = 5000;
// What a task wrote last passes through a pipe, and may come after the record of its end.
constexpr std::int64_t kLogBehindMs = 2000;

std::string service_name(const std::string& id) {
  return "task-" + id;
}

// The folder that the node cannot replace, and the way below it, where it can.
std::pair<std::string, std::string> tasks_place(const NodeLayout& node, const link::Node& desired) {
  if (desired.disks().empty()) return {node.folder, "tasks"};
  return {node.disk_mount(desired.disks(0).name()), ".tusker/tasks"};
}

Result<PinnedFolder> pin_tasks(const NodeLayout& node, const link::Node& desired) {
  const auto [root, relative] = tasks_place(node, desired);
  return PinnedFolder::open(root, relative);
}

// Made whole under a name that s6-svscan ignores.
Status make_service(const NodeLayout& node,
                    const link::Node& desired,
                    const link::Task& task,
                    const ImageUsers& users,
                    const OomRange& oom) {
  std::map<std::string, std::string> environment(desired.environment().begin(),
                                                 desired.environment().end());
  for (const auto& [name, value] : task.environment()) environment[name] = value;
  TK_TRY(const ImageUser user, users.find(task.user().empty() ? "root" : task.user()));
  TK_TRY(const std::string run,
         task_run_script(task, environment, user, oom.adjusted(kUsersOomScore, desired)));
  const std::string name = ".new-" + service_name(task.id());
  TK_TRY_VOID(remove_tree(node.state(name)));
  TK_TRY(const PinnedFolder folder, PinnedFolder::make(node.service(), name));
  TK_TRY(const PinnedFolder log, PinnedFolder::make(folder.path(), "log"));
  const std::uint32_t grace = task.stop_grace_ms() == 0 ? kStopGraceMs : task.stop_grace_ms();
  TK_TRY_VOID(put_file(folder.file("run"), run, 0755));
  TK_TRY_VOID(put_file(folder.file("finish"), task_finish_script(task.id()), 0755));
  TK_TRY_VOID(put_file(folder.file("timeout-kill"), fmt::format("{}\n", grace), 0644));
  TK_TRY_VOID(
      put_file(log.file("run"), log_script(service_name(task.id()), task.log_bytes()), 0755));
  if (::rename(node.state(name).c_str(), node.state(service_name(task.id())).c_str()) != 0) {
    return Error::from_errno(errno, node.state(service_name(task.id())));
  }
  return ok_status();
}

Result<bool> start_task(const NodeLayout& node,
                        const link::Node& desired,
                        const link::Task& task,
                        const ImageUsers& users,
                        const OomRange& oom) {
  if (!is_task_id(task.id())) {
    return Error::make(ErrorCode::InvalidArgument,
                       "task: expected an id of [a-z0-9-]{{1,40}}, found '{:.80}'",
                       task.id());
  }
  TK_TRY(const PinnedFolder tasks, pin_tasks(node, desired));
  if (const Result<PinnedFolder> before = PinnedFolder::open(tasks.path(), task.id());
      before.ok()) {
    if (path_exists(before->file("exit"))) return false;
    if (path_exists(before->file("start")) && !task.idempotent()) return false;
  }
  if (path_exists(node.state(service_name(task.id()))) || task.ends()) return false;
  TK_TRY_VOID(remove_tree(tasks.file(task.id())));
  TK_TRY(const UniqueFd made, make_folder_below(tasks.path(), task.id()));
  if (::fchmod(made.get(), 0700) != 0) return Error::from_errno(errno, "task " + task.id());
  TK_TRY_VOID(make_service(node, desired, task, users, oom).context("task {}", task.id()));
  return true;
}

Status forget_others(const NodeLayout& node,
                     const link::Node& desired,
                     const std::set<std::string>& wanted,
                     bool& changed) {
  for (const std::string& name : services_in(node)) {
    if (!name.starts_with("task-") || wanted.count(name.substr(5)) > 0) continue;
    TK_TRY_VOID(retire_service(node, name));
    changed = true;
  }
  const Result<PinnedFolder> tasks = pin_tasks(node, desired);
  if (!tasks.ok())
    return ok_status();  // none was ever made, or the node has put something else there: not ours
                         // to touch
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(tasks->path(), failure)) {
    if (wanted.count(entry.path().filename().string()) == 0)
      TK_TRY_VOID(remove_tree(entry.path().string()));
  }
  return ok_status();
}

// Whether something of the task may still run. The start is recorded by the task's own shell, a
// moment before or after its supervisor writes the pid, so a supervisor that changed its mind just
// now is believed only later.
bool may_run(const NodeLayout& node, const std::string& service, WallTime now) {
  constexpr std::int64_t kMomentMs = 2000;
  const Result<PinnedFolder> folder = PinnedFolder::open(node.service(), service);
  if (!folder.ok()) return false;
  const auto supervised = read_supervised(folder->path());
  return !supervised || supervised->pid != 0 || now.ms - supervised->since_wall_ms < kMomentMs;
}

std::vector<std::string> notes_in(const std::string& path) {
  std::vector<std::string> notes;
  const Result<std::string> text = read_node_file(path, kMostNoteBytes);
  if (!text.ok()) return notes;
  std::string_view rest = *text;
  for (std::size_t end = rest.find('\n');
       end != std::string_view::npos && notes.size() < kMostNotes;
       end = rest.find('\n')) {
    notes.push_back(as_message_text(rest.substr(0, end), kLongestNote));
    rest.remove_prefix(end + 1);
  }
  return notes;
}

// Whether the log has all that the task wrote.
bool is_log_whole(const std::vector<std::string>& log, const std::string& exit, WallTime now) {
  if (!log.empty() && log.back().starts_with(kTaskEnded)) return true;
  struct stat written {};
  return ::lstat(exit.c_str(), &written) != 0 ||
         std::abs(now.ms - static_cast<std::int64_t>(written.st_mtim.tv_sec) * 1000) > kLogBehindMs;
}

}  // namespace

Status make_tasks_folder(const NodeLayout& node, const link::Node& desired) {
  const auto [root, relative] = tasks_place(node, desired);
  TK_TRY(const UniqueFd made, make_folder_below(root, relative));
  if (::fchmod(made.get(), 0700) != 0) return Error::from_errno(errno, root + "/" + relative);
  return ok_status();
}

std::string tasks_folder(const NodeLayout& node, const link::Node& desired) {
  const auto [root, relative] = tasks_place(node, desired);
  return root + "/" + relative;
}

Status forget_tasks_before_roles(const NodeLayout& node, const link::Node& desired) {
  TK_TRY(const PinnedFolder tasks, pin_tasks(node, desired));
  for (const link::Task& task : desired.tasks()) {
    if (task.before_roles() && is_task_id(task.id()))
      TK_TRY_VOID(remove_tree(tasks.file(task.id())));
  }
  return ok_status();
}

Status start_tasks(const NodeLayout& node,
                   const link::Node& desired,
                   const ImageUsers& users,
                   const OomRange& oom) {
  std::set<std::string> wanted;
  bool changed = false;
  for (const link::Task& task : desired.tasks()) {
    wanted.insert(task.id());
    TK_TRY(const bool started, start_task(node, desired, task, users, oom));
    changed = changed || started;
  }
  TK_TRY_VOID(forget_others(node, desired, wanted, changed));
  // Nobody listens for the first milliseconds of a container; then everything is found anyway.
  if (changed) (void)command_scan(node.service(), "an");
  return ok_status();
}

link::TaskStatus read_task(const NodeLayout& node,
                           const link::Node& desired,
                           const link::Task& task,
                           WallTime now) {
  link::TaskStatus status;
  status.set_id(task.id());
  // One that is to end before it began never begins.
  status.set_state(task.ends() ? link::TaskStatus::TIMED_OUT : link::TaskStatus::WAITING);
  if (task.ends()) status.set_exit_code(128 + SIGTERM);
  const Result<PinnedFolder> tasks = pin_tasks(node, desired);
  if (!tasks.ok()) return status;
  const Result<PinnedFolder> folder = PinnedFolder::open(tasks->path(), task.id());
  if (!folder.ok()) return status;
  const std::string exit = folder->file("exit");
  const auto code = numbers_in(exit);
  for (std::string& line :
       last_lines(node.logs + "/" + service_name(task.id()) + "/current", kLogLines))
    status.add_log(std::move(line));
  for (std::string& note : notes_in(folder->file("notes"))) status.add_notes(std::move(note));
  if (!code.empty()) {
    const std::vector<std::string> log(status.log().begin(), status.log().end());
    status.set_state(!is_log_whole(log, exit, now)            ? link::TaskStatus::RUNNING
                     : path_exists(folder->file("timed_out")) ? link::TaskStatus::TIMED_OUT
                                                              : link::TaskStatus::DONE);
    status.set_exit_code(static_cast<int>(code[0]));
  } else if (!path_exists(folder->file("start"))) {
    return status;
  } else {
    status.set_state(may_run(node, service_name(task.id()), now) ? link::TaskStatus::RUNNING
                                                                 : link::TaskStatus::INTERRUPTED);
    if (status.state() == link::TaskStatus::INTERRUPTED && !numbers_in(exit).empty()) {
      return read_task(node, desired, task, now);  // it ended between the two looks
    }
  }
  return status;
}

std::string what_holds_roles(const link::Node& desired, const std::vector<link::TaskStatus>& seen) {
  for (int i = 0; i < desired.tasks_size(); ++i) {
    const link::Task& task = desired.tasks(i);
    if (!task.before_roles()) continue;
    const std::string log = service_name(task.id());
    const link::TaskStatus& status = seen.at(static_cast<std::size_t>(i));
    if (status.state() == link::TaskStatus::WAITING || status.state() == link::TaskStatus::RUNNING)
      return fmt::format("waits for the end of {}", log);
    if (status.state() != link::TaskStatus::DONE) return fmt::format("{} was interrupted", log);
    if (status.exit_code() != 0)
      return fmt::format("{} ended with exit code {}", log, status.exit_code());
  }
  return {};
}

void end_task(const NodeLayout& node, const link::Node& desired, const link::Task& task) {
  const Result<PinnedFolder> tasks = pin_tasks(node, desired);
  if (!tasks.ok()) return;
  const Result<PinnedFolder> folder = PinnedFolder::open(tasks->path(), task.id());
  if (folder.ok()) (void)put_file(folder->file("timed_out"), "", 0600);
  const Result<PinnedFolder> service = PinnedFolder::open(node.service(), service_name(task.id()));
  if (!service.ok()) return;
  const auto supervised = read_supervised(service->path());
  if (supervised && supervised->wanted_up) (void)command_service(service->path(), "d");
}

}  // namespace tusker
