#include "agent/runc.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <charconv>
#include <filesystem>

#include "agent/cgroups.h"

namespace tusker {
namespace {

namespace json = boost::json;

constexpr Duration kRunLimit = std::chrono::seconds(60);
constexpr Duration kKillLimit = std::chrono::seconds(20);

struct ProcessFacts {
  char state = '?';
  pid_t parent = 0;
  std::uint64_t start_ticks = 0;  // since boot: with the pid, names a process for ever
};

// /proc/PID/stat (proc(5)): the name in parentheses may hold anything, so fields count from the
// last one.
std::optional<ProcessFacts> read_process(pid_t pid) {
  const Result<std::string> text = read_file(fmt::format("/proc/{}/stat", pid), 4096);
  const std::size_t close = text.ok() ? text->rfind(')') : std::string::npos;
  if (close == std::string::npos || close + 2 >= text->size()) return std::nullopt;
  ProcessFacts facts;
  facts.state = (*text)[close + 2];
  std::size_t at = close + 2;
  std::from_chars(text->data() + close + 4, text->data() + text->size(), facts.parent);
  for (int field = 3; field < 22; ++field) at = text->find(' ', at) + 1;
  std::from_chars(text->data() + at, text->data() + text->size(), facts.start_ticks);
  return facts;
}

struct RecordedInit {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;
};

// runc's own record of a container's first process.
std::optional<RecordedInit> read_state(const std::string& folder) {
  const Result<std::string> text = read_file(folder + "/state.json", 4 << 20);
  if (!text.ok()) return std::nullopt;
  boost::system::error_code failure;
  const json::value state = json::parse(*text, failure);
  const json::object* top = failure ? nullptr : state.if_object();
  if (top == nullptr) return std::nullopt;
  const json::value* pid = top->if_contains("init_process_pid");
  const json::value* start = top->if_contains("init_process_start");
  if (pid == nullptr || start == nullptr || !pid->is_number() || !start->is_number())
    return std::nullopt;
  return RecordedInit{pid->to_number<pid_t>(failure), start->to_number<std::uint64_t>(failure)};
}

std::int64_t wall_of(std::uint64_t start_ticks) {
  timespec wall{};
  timespec boot{};
  ::clock_gettime(CLOCK_REALTIME, &wall);
  ::clock_gettime(CLOCK_BOOTTIME, &boot);
  const auto ms = [](const timespec& time) {
    return time.tv_sec * 1000 + time.tv_nsec / 1'000'000;
  };
  const std::int64_t since_boot =
      static_cast<std::int64_t>(start_ticks) * 1000 / ::sysconf(_SC_CLK_TCK);
  return ms(wall) - ms(boot) + since_boot;
}

// The process that the record means, held; null if it is gone.
std::shared_ptr<Container> hold(const RecordedInit& init) {
  auto container = std::make_shared<Container>();
  container->pid = init.pid;
  container->handle = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, init.pid, 0)));
  const auto facts = read_process(init.pid);
  if (!container->handle || !facts || facts->start_ticks != init.start_ticks || facts->state == 'Z')
    return nullptr;
  container->started_wall_ms = wall_of(init.start_ticks);
  return container;
}

bool ended_within(int handle, Duration limit) {
  pollfd ended{handle, POLLIN, 0};
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
  return ::poll(&ended, 1, static_cast<int>(ms)) > 0;
}

}  // namespace

bool Container::alive() const {
  pollfd ended{handle.get(), POLLIN, 0};
  return ::poll(&ended, 1, 0) == 0;
}

std::vector<std::string> Runc::command(const std::string& log,
                                       std::vector<std::string> words) const {
  std::vector<std::string> argv = {
      "runc", "--root", host_.runc_root(), "--log", log, "--log-format", "json"};
  argv.insert(argv.end(), words.begin(), words.end());
  return argv;
}

// One JSON object a line.
std::string Runc::messages_in(const std::string& log) {
  const Result<std::string> text = read_file(log, 1 << 20);
  if (!text.ok()) return "";
  std::string out;
  std::string_view left = *text;
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('\n'), left.size());
    boost::system::error_code failure;
    const json::value line = json::parse(left.substr(0, end), failure);
    const json::object* object = failure ? nullptr : line.if_object();
    const json::value* message = object == nullptr ? nullptr : object->if_contains("msg");
    if (message != nullptr && message->is_string())
      out += (out.empty() ? "" : "; ") + std::string(message->get_string());
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return out.substr(0, 2000);
}

Status Runc::settle() const {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", failure)) {
    pid_t pid = 0;
    const std::string name = entry.path().filename().string();
    const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (wrong != std::errc() || end != name.data() + name.size() || pid == ::getpid()) continue;
    const Result<std::string> arguments = read_file("/proc/" + name + "/cmdline", 1 << 16);
    const std::string ours = std::string("runc\0--root\0", 12) + host_.runc_root() + '\0';
    if (!arguments.ok() || !arguments->starts_with(ours)) continue;
    const UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!handle) continue;
    ::syscall(SYS_pidfd_send_signal, handle.get(), SIGKILL, nullptr, 0);
    if (!ended_within(handle.get(), kKillLimit)) {
      return Error::make(
          ErrorCode::DeadlineExceeded, "runc process {} of an earlier agent does not end", pid);
    }
  }
  return ok_status();
}

Status Runc::run(const NodeLayout& node) const {
  const std::string log = node.run + "/runc.log";
  ::unlink(log.c_str());
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return Error::from_errno(errno, "/dev/null");
  const std::vector<std::string> argv =
      command(log, {"run", "--detach", "--bundle", node.folder, node.id});
  TK_TRY(const Child child, start_program({.argv = argv}, null.get(), null.get(), null.get()));
  const Result<int> code = wait_for(child, kRunLimit);
  if (!code.ok()) {
    ::kill(-child.pid, SIGKILL);
    (void)wait_for(child, kKillLimit);
    return code.error();
  }
  if (*code == 0) return ok_status();
  const std::string messages = messages_in(log);
  return Error::make(ErrorCode::Internal,
                     "{} ended with exit code {}: {}",
                     to_text(argv),
                     *code,
                     messages.empty() ? "it said nothing" : messages);
}

std::shared_ptr<Container> Runc::find(const NodeLayout& node) const {
  const std::string folder = host_.runc_root() + "/" + node.id;
  // Between create and start runc keeps this FIFO: PID 1 is still runc itself then.
  if (path_exists(folder + "/exec.fifo")) return nullptr;
  const auto init = read_state(folder);
  return init ? hold(*init) : nullptr;
}

// What runc exec started has a parent outside of the node, as PID 1 has; whatever the node started
// itself has one inside.
void Runc::end_strangers(const NodeLayout& node) const {
  const std::shared_ptr<Container> container = find(node);
  if (!container) return;
  const std::vector<pid_t> pids = processes_of(node.cgroup);
  for (const pid_t pid : pids) {
    const auto facts = read_process(pid);
    if (pid == container->pid || !facts) continue;
    if (std::find(pids.begin(), pids.end(), facts->parent) == pids.end()) ::kill(-pid, SIGKILL);
  }
}

Status Runc::remove(const NodeLayout& node) const {
  const std::string folder = host_.runc_root() + "/" + node.id;
  // Killing PID 1 ends its whole pid namespace. runc's own delete --force would sleep in steps of
  // 100 ms for that.
  if (const auto init = read_state(folder)) {
    if (const auto container = hold(*init)) {
      ::syscall(SYS_pidfd_send_signal, container->handle.get(), SIGKILL, nullptr, 0);
      ended_within(container->handle.get(), kKillLimit);
    }
  }
  if (path_exists(folder)) {
    TK_TRY(
        const Finished finished,
        runner_.run({.argv = {"runc", "--root", host_.runc_root(), "delete", "--force", node.id}}));
    if (!finished.ok() && path_exists(folder + "/state.json")) {
      return Error::make(ErrorCode::Internal, "runc delete {}: {}", node.id, finished.output);
    }
    TK_TRY_VOID(remove_tree(folder));
  }
  // A process that entered by other ways than PID 1, or a create that was cut off before its
  // record.
  for (const pid_t pid : processes_of(node.cgroup)) ::kill(pid, SIGKILL);
  return remove_cgroup(node.cgroup);
}

}  // namespace tusker
