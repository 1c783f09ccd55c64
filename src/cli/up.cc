#include "cli/up.h"

#include <signal.h>
#include <unistd.h>

#include <filesystem>

#include "base/text.h"
#include "cli/exit_codes.h"
#include "cli/host_check.h"
#include "cli/interrupt.h"
#include "cli/packaged_bundles.h"
#include "cli/port_owner.h"
#include "cli/readiness.h"
#include "cli/run_folder.h"
#include "cli/service_user.h"
#include "cli/supervisor.h"
#include "cli/up_report.h"
#include "cli/words.h"

namespace tusker::cli {

namespace {

constexpr Duration kProbePause = std::chrono::milliseconds(200);
constexpr Duration kReportPause = std::chrono::milliseconds(2500);
constexpr Duration kStopGrace = std::chrono::seconds(10);
constexpr int kTriesAtStart =
    3;  // before the first success: a loop of restarts helps nobody who is watching

std::string exit_text(int code) {
  return code > 128 ? fmt::format("was ended by signal {}", code - 128)
                    : fmt::format("ended with exit code {}", code);
}

std::string seconds_of(Duration pause) {
  return fmt::format("{:g} s", std::chrono::duration<double>(pause).count());
}

}  // namespace

std::string absolute_path(const std::string& path) {
  std::error_code failure;
  std::filesystem::path absolute = std::filesystem::weakly_canonical(path, failure);
  if (failure) absolute = std::filesystem::absolute(path, failure);
  std::string text = absolute.string();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

Status stop_leftovers(Session& session, const std::string& data) {
  const RunFolder folder(data);
  for (const std::string name : {"server", "agent"}) {
    const std::optional<pid_t> pid = folder.living_child(name);
    if (!pid) continue;
    session.console.note(
        fmt::format("Stopping the {} (pid {}) that an earlier run left behind.\n", name, *pid));
    const Time start = session.clock.now();
    for (int signal = SIGTERM; folder.living_child(name) == pid;) {
      ::kill(*pid, signal);
      const Duration waited = session.clock.now() - start;
      if (waited > kStopGrace) signal = SIGKILL;
      if (waited > 2 * kStopGrace) {
        return Error::make(
            ErrorCode::DeadlineExceeded, "{} (pid {}) does not end, even by KILL", name, *pid);
      }
      ::usleep(50'000);  // a process that is not our child can only be looked at again
    }
    TK_TRY_VOID(folder.record_child(name, 0));
  }
  return ok_status();
}

namespace {

std::vector<ChildSpec> children_of(const Session& session, const UpOptions& options) {
  const RunFolder folder(options.data);
  const auto [uid, gid] = service_user(options.data);
  std::vector<std::string> server = {session.program,
                                     "server",
                                     "--data",
                                     options.data,
                                     "--listen",
                                     options.listen,
                                     "--run-as",
                                     fmt::format("{}:{}", uid, gid),
                                     "--log-file",
                                     options.data + "/server/server.log"};
  if (!options.rate_limit) server.emplace_back("--no-rate-limit");
  const std::vector<std::string> agent = {session.program,
                                          "agent",
                                          "--data",
                                          options.data,
                                          "--log-file",
                                          options.data + "/agent/agent.log"};
  return {{.name = "server", .argv = server, .error_path = folder.error_path("server")},
          {.name = "agent", .argv = agent, .error_path = folder.error_path("agent")}};
}

// One `up`, from its first check to its end.
class Up final {
 public:
  Up(Session& session, const UpOptions& options)
      : session_(session), options_(options), folder_(options.data) {}

  int run() {
    Status prepared = prepare();
    if (!prepared.ok()) return fail(kDoNotRestart, prepared.error().message());
    Result<Interrupt> interrupt = Interrupt::watch();
    if (!interrupt.ok()) return fail(kFailed, interrupt.error().message());
    Supervisor supervisor(session_.clock,
                          children_of(session_, options_),
                          [this](const ChildEvent& event) { on_event(event); });
    started_ = session_.clock.now();
    for (;;) {
      const Status stepped =
          supervisor.step(interrupt->descriptor(), ready_ ? std::chrono::hours(1) : kProbePause);
      if (!stepped.ok()) give_up(kFailed, stepped.error().message());
      if (interrupt->requested()) break;
      if (failure_) break;
      if (!ready_) check_ready();
    }
    stop(supervisor);
    return failure_ ? fail(failure_code_, *failure_) : static_cast<int>(kDone);
  }

 private:
  Status prepare() {
    if (::geteuid() != 0) {
      return Error::make(
          ErrorCode::PermissionDenied,
          "tusker up needs root, for containers, mounts and networks. Run it with sudo");
    }
    TK_TRY_VOID(ensure_directory(options_.data, 0755).context("make the data folder"));
    TK_TRY(lock_, folder_.lock());
    TK_TRY_VOID(stop_leftovers(session_, options_.data));
    TK_TRY_VOID(check_port_free(options_.listen));
    TK_TRY_VOID(require_prerequisites(options_.data, session_.processes));
    return provide_packaged_bundles(
        session_.program, options_.data, session_.clock.wall(), [this](const std::string& line) {
          report({.kind = UpReport::Kind::Progress, .exit_code = 0, .text = line});
        });
  }

  void on_event(const ChildEvent& event) {
    if (event.kind == ChildEvent::Kind::Started) {
      const Status recorded = folder_.record_child(event.name, event.pid);
      if (!recorded.ok()) tell(recorded.error().message());
      return;
    }
    const std::string what =
        fmt::format("{} (pid {}) {}", event.name, event.pid, exit_text(event.exit_code));
    if (!stopping_)
      tell(fmt::format("{}; starting it again in {}{}",
                       what,
                       seconds_of(event.pause),
                       quoted(event.last_words)));
    if (ready_ || stopping_) return;
    const bool refused = event.kind == ChildEvent::Kind::Refused;
    if (refused || ++ends_before_ready_ >= kTriesAtStart) {
      give_up(refused ? kDoNotRestart : kFailed,
              event.last_words.empty()
                  ? what
                  : strip_prefix(event.last_words, refused ? "" : what + ":\n"));
    }
  }

  // The child has written "error: …"; our own console adds that word again.
  static std::string strip_prefix(std::string text, const std::string& before) {
    if (text.starts_with("error: ")) text.erase(0, 7);
    return before + text;
  }

  static std::string quoted(const std::string& last_words) {
    return last_words.empty() ? "" : ". Its last words:\n" + last_words;
  }

  void give_up(int code, std::string message) {
    if (failure_) return;
    failure_ = std::move(message);
    failure_code_ = code;
  }

  void check_ready() {
    const Readiness state = probe_readiness(session_, options_.data);
    const Duration elapsed = session_.clock.now() - started_;
    if (state.server && state.agent) {
      ready_ = true;
      announce(state);
    } else if (elapsed - reported_ > kReportPause) {
      reported_ = elapsed;
      report({.kind = UpReport::Kind::Progress,
              .exit_code = 0,
              .text = "waiting for " + state.waiting_for});
    }
  }

  void announce(const Readiness& state) {
    const std::string with_data =
        options_.data == kDefaultData ? "" : " --data " + shell_quoted(options_.data);
    std::string text = fmt::format("Tusker is up at {}", state.endpoint);
    std::string next = state.has_bundles
                           ? ""
                           : fmt::format(" First, once: sudo tusker bundle build{}.", with_data);
    next += fmt::format(" Next: sudo tusker cluster create NAME --wait{}", with_data);
    report({.kind = UpReport::Kind::Ready, .exit_code = 0, .text = text + "." + next});
    if (options_.report_fd < 0) {
      // In a service's journal nobody can.
      if (session_.console.can_ask())
        session_.console.note("Ctrl-C stops server and agent; nodes keep running.\n");
    } else {
      ::close(options_.report_fd);
    }
  }

  void stop(Supervisor& supervisor) {
    stopping_ = true;
    if (!failure_) tell("stopping server and agent");
    supervisor.stop(kStopGrace, [this](std::string_view names) {
      tell(fmt::format("waiting for {} to end", names));
    });
    for (const std::string name : {"server", "agent"}) {
      const Status forgotten = folder_.record_child(name, 0);
      if (!forgotten.ok()) tell(forgotten.error().message());
    }
    if (!failure_)
      tell(
          "server and agent have stopped; nodes keep running. `tusker down --purge` removes "
          "everything");
  }

  void tell(const std::string& text) {
    session_.console.note(fmt::format("{} {}\n", to_text(session_.clock.wall()), text));
  }

  void report(const UpReport& what) {
    if (options_.report_fd < 0) {
      session_.console.note(what.text + "\n");
      return;
    }
    const std::string line = encode(what);
    [[maybe_unused]] const ssize_t n = ::write(options_.report_fd, line.data(), line.size());
  }

  int fail(int code, const std::string& message) {
    if (options_.report_fd >= 0 && !ready_) {
      report({.kind = UpReport::Kind::Failed, .exit_code = code, .text = message});
    }
    session_.console.error(message);
    return code;
  }

  Session& session_;
  const UpOptions& options_;
  RunFolder folder_;
  UniqueFd lock_;
  Time started_{};
  Duration reported_{};
  bool ready_ = false;
  bool stopping_ = false;
  int ends_before_ready_ = 0;
  std::optional<std::string> failure_;
  int failure_code_ = kFailed;
};

}  // namespace

int run_up(Session& session, const UpOptions& options) {
  UpOptions absolute = options;
  absolute.data = absolute_path(options.data);
  // A starter that was killed must not take us with it.
  ::signal(SIGPIPE, SIG_IGN);
  const Result<std::optional<pid_t>> holder = RunFolder(absolute.data).holder();
  if (holder.ok() && holder->has_value()) {
    session.console.error(
        fmt::format("tusker up is running already on {} (pid {}). Stop it with: tusker down",
                    absolute.data,
                    **holder));
    return kFailed;
  }
  return Up(session, absolute).run();
}

}  // namespace tusker::cli
