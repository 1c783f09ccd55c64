#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"
#include "cli/exit_codes.h"
#include "cli/interrupt.h"
#include "cli/readiness.h"
#include "cli/run_folder.h"
#include "cli/up.h"
#include "cli/up_report.h"

namespace tusker::cli {

namespace {

constexpr int kReportFd = 3;  // in the detached process

struct Detached {
  pid_t pid = 0;
  UniqueFd reports;
};

std::vector<std::string> command_line(const Session& session, const UpOptions& options) {
  std::vector<std::string> argv = {session.program,
                                   "up",
                                   "--data",
                                   options.data,
                                   "--listen",
                                   options.listen,
                                   "--report-fd",
                                   std::to_string(kReportFd)};
  if (!options.rate_limit) argv.emplace_back("--no-rate-limit");
  return argv;
}

// In a session of its own, without a terminal, so that nothing that ends ours ends it.
Result<Detached> spawn(const Session& session, const UpOptions& options) {
  const RunFolder folder(options.data);
  TK_TRY_VOID(ensure_directory(options.data, 0755).context("make the data folder"));
  TK_TRY_VOID(ensure_directory(folder.path(), 0700).context("make the folder for this run"));
  TK_TRY(Pipe reports, make_pipe());
  Detached out;
  out.reports = std::move(reports.read);
  const UniqueFd theirs = std::move(reports.write);
  std::vector<std::string> argv = command_line(session, options);
  std::vector<char*> words;
  for (std::string& word : argv) words.push_back(word.data());
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(
      &actions, 1, folder.log_path("up").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  posix_spawn_file_actions_adddup2(&actions, theirs.get(), kReportFd);
  posix_spawn_file_actions_addclosefrom_np(&actions, kReportFd + 1);
  posix_spawn_file_actions_addchdir_np(&actions, "/");
  sigset_t every;
  sigset_t none;
  sigfillset(&every);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&attributes, &every);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  const int failure =
      ::posix_spawn(&out.pid, words[0], &actions, &attributes, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failure != 0) return Error::from_errno(failure, "start " + argv[0]);
  return out;
}

// Shows reports until the last one; Ctrl-C takes back what was begun.
int follow(Session& session, const Detached& detached, Interrupt& interrupt) {
  std::string received;
  for (;;) {
    pollfd waits[2] = {{detached.reports.get(), POLLIN, 0}, {interrupt.descriptor(), POLLIN, 0}};
    if (::poll(waits, 2, -1) < 0 && errno != EINTR) return kFailed;
    if (interrupt.requested()) {
      ::kill(detached.pid, SIGTERM);
      session.console.note("Interrupted: server and agent are stopped again.\n");
      ::waitpid(detached.pid, nullptr, 0);
      return kInterrupted;
    }
    if (waits[0].revents == 0) continue;
    char block[4096];
    const ssize_t n = ::read(detached.reports.get(), block, sizeof block);
    if (n > 0) received.append(block, static_cast<std::size_t>(n));
    while (const auto report = take_report(received, n <= 0)) {
      if (report->kind == UpReport::Kind::Failed) {
        session.console.error(report->text);
        return report->exit_code;
      }
      session.console.note(report->text + "\n");
      if (report->kind == UpReport::Kind::Ready) return kDone;
    }
    if (n <= 0) {
      session.console.error("tusker up ended without saying why; its log is in DATA/run/up.log");
      return kFailed;
    }
  }
}

// Another `up` runs or starts there: that is what was asked for, once it is ready.
int join_running(Session& session, const UpOptions& options, pid_t pid) {
  session.console.note(
      fmt::format("tusker up is running already on {} (pid {}).\n", options.data, pid));
  const Readiness state = probe_readiness(session, options.data);
  if (!state.waiting_for.empty())
    session.console.note("It still waits for " + state.waiting_for + ".\n");
  return kDone;
}

}  // namespace

int run_up_detached(Session& session, const UpOptions& given) {
  UpOptions options = given;
  options.data = absolute_path(given.data);
  if (::geteuid() != 0) {
    session.console.error(
        "tusker up needs root, for containers, mounts and networks. Run it with sudo");
    return kDoNotRestart;
  }
  const Result<std::optional<pid_t>> holder = RunFolder(options.data).holder();
  if (!holder.ok()) return report(session, holder.error());
  if (holder->has_value()) return join_running(session, options, **holder);
  Result<Interrupt> interrupt = Interrupt::watch();
  if (!interrupt.ok()) return report(session, interrupt.error());
  Result<Detached> detached = spawn(session, options);
  if (!detached.ok()) {
    report(session, detached.error());
    return kDoNotRestart;
  }
  return follow(session, *detached, *interrupt);
}

}  // namespace tusker::cli
