#include "cli/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "cli/exit_codes.h"

namespace tusker::cli {

namespace {

constexpr Duration kQuick = std::chrono::seconds(10);
constexpr std::size_t kLastWords = 4096;

// What posix_spawn does in the child, released whatever happens.
class SpawnPlan {
 public:
  explicit SpawnPlan(const std::string& error_path) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(
        &actions_, 1, error_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions_, 1, 2);
    posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    sigset_t every;
    sigset_t none;
    sigfillset(&every);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes_, &every);
    posix_spawnattr_setsigmask(&attributes_, &none);
    // A group of its own: a Ctrl-C at the terminal is for us, and we end the children in order.
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  Result<pid_t> run(std::vector<std::string> argv) const {
    std::vector<char*> words;
    words.reserve(argv.size() + 1);
    for (std::string& word : argv) words.push_back(word.data());
    words.push_back(nullptr);
    pid_t pid = 0;
    const int failure =
        ::posix_spawn(&pid, words[0], &actions_, &attributes_, words.data(), environ);
    if (failure != 0) return Error::from_errno(failure, "start " + argv[0]);
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::string end_of_file(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text.ok()) return "";
  std::string tail = text->substr(text->size() > kLastWords ? text->size() - kLastWords : 0);
  while (tail.ends_with('\n')) tail.pop_back();
  return tail;
}

int to_ms(Duration duration) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) +
         1;
}

}  // namespace

Duration restart_pause(int quick_ends) {
  if (quick_ends <= 1) return std::chrono::milliseconds(100);
  constexpr int kLongest = 15;  // a person who watches should not have to wait for the next attempt
  return std::chrono::seconds(std::min(kLongest, 1 << std::min(quick_ends - 2, 4)));
}

Supervisor::Supervisor(const Clock& clock,
                       std::vector<ChildSpec> children,
                       std::function<void(const ChildEvent&)> listener)
    : clock_(clock), listener_(std::move(listener)) {
  for (ChildSpec& spec : children) {
    Child child;
    child.spec = std::move(spec);
    child.due = clock_.now();
    children_.push_back(std::move(child));
  }
}

pid_t Supervisor::pid_of(std::string_view name) const {
  for (const Child& child : children_) {
    if (child.spec.name == name) return child.pid;
  }
  return 0;
}

Status Supervisor::start(Child& child) {
  const SpawnPlan plan(child.spec.error_path);
  TK_TRY(child.pid, plan.run(child.spec.argv).context("{}", child.spec.name));
  child.handle = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0)));
  if (!child.handle) return Error::from_errno(errno, "pidfd_open");
  child.started = clock_.now();
  listener_({.kind = ChildEvent::Kind::Started,
             .name = child.spec.name,
             .pid = child.pid,
             .exit_code = 0,
             .last_words = "",
             .pause = {}});
  return ok_status();
}

void Supervisor::reap(Child& child) {
  int status = 0;
  if (::waitpid(child.pid, &status, WNOHANG) != child.pid) return;
  child.quick_ends = clock_.now() - child.started < kQuick ? child.quick_ends + 1 : 1;
  ChildEvent event;
  event.name = child.spec.name;
  event.pid = std::exchange(child.pid, 0);
  event.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  event.kind =
      event.exit_code == kDoNotRestart ? ChildEvent::Kind::Refused : ChildEvent::Kind::Ended;
  event.last_words = end_of_file(child.spec.error_path);
  event.pause = event.kind == ChildEvent::Kind::Refused ? std::chrono::seconds(60)
                                                        : restart_pause(child.quick_ends);
  child.handle.reset();
  child.due = clock_.now() + event.pause;
  listener_(event);
}

Duration Supervisor::time_to_next_start(Duration longest) const {
  for (const Child& child : children_) {
    if (child.pid == 0) longest = std::min(longest, std::max(Duration{}, child.due - clock_.now()));
  }
  return longest;
}

Status Supervisor::step(int wake, Duration longest) {
  for (Child& child : children_) {
    if (child.pid == 0 && child.due <= clock_.now()) TK_TRY_VOID(start(child));
  }
  std::vector<pollfd> waits = {{wake, POLLIN, 0}};
  for (const Child& child : children_)
    waits.push_back({child.handle ? child.handle.get() : -1, POLLIN, 0});
  if (::poll(waits.data(), waits.size(), to_ms(time_to_next_start(longest))) < 0 &&
      errno != EINTR) {
    return Error::from_errno(errno, "poll");
  }
  for (Child& child : children_) {
    if (child.pid != 0) reap(child);
  }
  return ok_status();
}

std::string Supervisor::living() const {
  std::string names;
  for (const Child& child : children_) {
    if (child.pid != 0) names += (names.empty() ? "" : " and ") + child.spec.name;
  }
  return names;
}

void Supervisor::stop(Duration grace, const std::function<void(std::string_view)>& waiting) {
  for (const Child& child : children_) {
    if (child.pid != 0) ::kill(child.pid, SIGTERM);
  }
  const Time deadline = clock_.now() + grace;
  bool killed = false;
  while (!living().empty()) {
    if (!killed && clock_.now() >= deadline) {
      for (const Child& child : children_) {
        if (child.pid != 0) ::kill(child.pid, SIGKILL);
      }
      killed = true;
    }
    std::vector<pollfd> waits;
    for (const Child& child : children_)
      waits.push_back({child.handle ? child.handle.get() : -1, POLLIN, 0});
    const int ended = ::poll(waits.data(), waits.size(), 1000);
    for (Child& child : children_) {
      if (child.pid != 0) reap(child);
    }
    if (ended == 0) waiting(living());
  }
}

}  // namespace tusker::cli
