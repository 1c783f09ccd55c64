#include "base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "base/file.h"
#include "base/program_path.h"

namespace tusker {

std::string to_text(const std::vector<std::string>& argv) {
  std::string out;
  for (const std::string& word : argv) {
    if (!out.empty()) out += ' ';
    const bool plain = !word.empty() && word.find_first_of(" \t\n'\"\\$") == std::string::npos;
    out += plain ? word : "'" + word + "'";
    if (out.size() > 200) {
      out.resize(197);
      return out + "...";
    }
  }
  return out;
}

Result<std::string> ProcessRunner::output_of(const Command& command) {
  TK_TRY(Finished finished, run(command));
  if (finished.ok()) return std::move(finished.output);
  std::string tail =
      finished.output.substr(finished.output.size() > 2000 ? finished.output.size() - 2000 : 0);
  while (!tail.empty() && tail.back() == '\n') tail.pop_back();
  return Error::make(ErrorCode::Internal,
                     "{} ended with exit code {}: {}",
                     to_text(command.argv),
                     finished.exit_code,
                     tail.empty() ? "(no output)" : tail);
}

namespace {

// The child's side of a spawn, released whatever happens.
class SpawnSetup {
 public:
  SpawnSetup() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
  }
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;

  void use(int input, int output, int error_output, const std::string& directory) {
    posix_spawn_file_actions_adddup2(&actions_, input, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, 1);
    posix_spawn_file_actions_adddup2(&actions_, error_output, 2);
    posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    if (!directory.empty()) posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str());
    sigset_t every;
    sigset_t none;
    sigfillset(&every);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes_, &every);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::vector<char*> as_pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  out.reserve(words.size() + 1);
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

void keep_last(std::string& buffer, std::size_t limit) {
  if (buffer.size() > limit) buffer.erase(0, buffer.size() - limit);
}

int exit_code_of(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

Result<pid_t> spawn(const Command& command, int input, int output, int error_output) {
  std::vector<std::string> argv = command.argv;
  std::map<std::string, std::string> environment = {
      {"PATH", kProgramPath},
      {"LANG", "C.UTF-8"},
  };
  for (const auto& [name, value] : command.environment) environment[name] = value;
  std::vector<std::string> env_words;
  for (const auto& [name, value] : environment) env_words.push_back(name + "=" + value);

  SpawnSetup setup;
  setup.use(input, output, error_output, command.directory);
  // Not by posix_spawnp(3), which searches the PATH of whoever started us: that of `su` has no
  // sbin.
  const bool is_path = argv[0].find('/') != std::string::npos;
  const std::string program = is_path ? argv[0] : find_program(argv[0]);
  if (program.empty()) return Error::from_errno(ENOENT, "start " + argv[0]);
  pid_t pid = 0;
  const int failure = posix_spawn(&pid,
                                  program.c_str(),
                                  setup.actions(),
                                  setup.attributes(),
                                  as_pointers(argv).data(),
                                  as_pointers(env_words).data());
  if (failure != 0) return Error::from_errno(failure, "start " + argv[0]);
  return pid;
}

}  // namespace

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Result<Child> start_program(const Command& command, int input, int output, int error_output) {
  TK_CHECK(!command.argv.empty(), "a command without a program");
  TK_CHECK(input > 2 && output > 2 && error_output > 2, "descriptors of our own stdio");
  TK_TRY(const pid_t pid, spawn(command, input, output, error_output));
  Child child{pid, UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)))};
  if (!child.handle) {
    const int number = errno;
    ::kill(-pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return Error::from_errno(number, "pidfd_open");
  }
  return child;
}

Result<int> wait_for(const Child& child, Duration limit) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
  pollfd ended{child.handle.get(), POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&ended, 1, static_cast<int>(std::clamp<std::int64_t>(ms, 0, INT_MAX)));
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) {
    return Error::make(
        ErrorCode::DeadlineExceeded, "process {} did not end within {} ms", child.pid, ms);
  }
  int status = 0;
  if (::waitpid(child.pid, &status, 0) < 0) return Error::from_errno(errno, "waitpid");
  return exit_code_of(status);
}

Result<Finished> SystemProcessRunner::run(const Command& command) {
  TK_CHECK(!command.argv.empty(), "a command without a program");
  TK_TRY(Pipe out, make_pipe());
  Pipe in;
  if (command.input.empty()) {
    in.read = UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  } else {
    TK_TRY(in, make_pipe());
    ::fcntl(in.write.get(), F_SETFL, O_NONBLOCK);
  }

  TK_TRY(const pid_t pid, spawn(command, in.read.get(), out.write.get(), out.write.get()));
  in.read.reset();
  out.write.reset();

  const SystemClock clock;
  const Time deadline = clock.now() + command.timeout;
  Finished finished;
  std::string_view unsent = command.input;
  std::optional<Error> stopped;
  bool open = true;
  while (open) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock.now());
    if (left.count() <= 0) {
      stopped =
          Error::make(ErrorCode::DeadlineExceeded,
                      "{} did not end within {} s",
                      to_text(command.argv),
                      std::chrono::duration_cast<std::chrono::seconds>(command.timeout).count());
      break;
    }
    if (command.cancelled && command.cancelled()) {
      stopped = Error::make(ErrorCode::Cancelled, "{} was cancelled", to_text(command.argv));
      break;
    }
    pollfd waits[2] = {{out.read.get(), POLLIN, 0}, {in.write.get(), POLLOUT, 0}};
    const int slice =
        static_cast<int>(std::min<std::int64_t>(left.count(), command.cancelled ? 250 : 60000));
    if (::poll(waits, in.write ? 2 : 1, slice) < 0 && errno != EINTR) {
      stopped = Error::from_errno(errno, "poll");
      break;
    }
    if (in.write && (waits[1].revents & (POLLOUT | POLLERR | POLLHUP)) != 0) {
      const ssize_t n = ::write(in.write.get(), unsent.data(), unsent.size());
      if (n > 0) unsent.remove_prefix(static_cast<std::size_t>(n));
      if (unsent.empty() || (n < 0 && errno != EAGAIN && errno != EINTR)) in.write.reset();
    }
    if ((waits[0].revents & (POLLIN | POLLHUP)) != 0) {
      char block[1 << 14];
      const ssize_t n = ::read(out.read.get(), block, sizeof block);
      if (n > 0) {
        const std::string_view piece(block, static_cast<std::size_t>(n));
        if (command.on_output) command.on_output(piece);
        finished.output += piece;
        keep_last(finished.output, command.output_limit);
      } else if (n == 0) {
        open = false;
      }
    }
  }
  if (stopped) ::kill(-pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (stopped) return *std::move(stopped);
  finished.exit_code = exit_code_of(status);
  return finished;
}

}  // namespace tusker
