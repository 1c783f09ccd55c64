#include "cli/down.h"

#include <signal.h>
#include <unistd.h>

#include "agent/purge.h"
#include "cli/exit_codes.h"
#include "cli/run_folder.h"
#include "cli/up.h"
#include "cli/words.h"

namespace tusker::cli {

namespace {

constexpr Duration kLongestStop = std::chrono::seconds(30);
constexpr Duration kReportPause = std::chrono::milliseconds(2500);
constexpr std::string_view kRunFolder = "/run/tusker";

// The lock tells when it has ended: nothing can take over the pid meanwhile without our seeing it.
Status stop_up(Session& session, const RunFolder& folder) {
  TK_TRY(const std::optional<pid_t> pid, folder.holder());
  if (!pid) return ok_status();
  session.console.note(fmt::format("Stopping server and agent (tusker up, pid {}).\n", *pid));
  if (::kill(*pid, SIGTERM) != 0)
    return Error::from_errno(errno, fmt::format("stop tusker up, pid {}", *pid));
  const Time start = session.clock.now();
  Duration reported{};
  for (;;) {
    TK_TRY(const std::optional<pid_t> now, folder.holder());
    if (now != pid) return ok_status();
    const Duration waited = session.clock.now() - start;
    if (waited > kLongestStop) {
      return Error::make(ErrorCode::DeadlineExceeded,
                         "tusker up (pid {}) has not ended after 30 s. End it with: kill -9 {}, "
                         "then repeat tusker down",
                         *pid,
                         *pid);
    }
    if (waited - reported > kReportPause) {
      reported = waited;
      session.console.note("Waiting for them to end.\n");
    }
    ::usleep(50'000);  // a process that is not our child can only be looked at again
  }
}

Status purge(Session& session, const std::string& data, const RunFolder& folder) {
  TK_TRY_VOID(purge_agent(
      data, std::string(kRunFolder), session.processes, [&session](std::string_view what) {
        session.console.note(fmt::format("Removed {}.\n", printable(what)));
      }));
  for (const std::string& part : {data + "/server", data + "/agent", folder.path()}) {
    TK_TRY_VOID(remove_tree(part));
  }
  // Only if nothing of anybody else's is in it.
  if (::rmdir(data.c_str()) != 0 && errno != ENOENT) {
    session.console.note(fmt::format("{} stays: it has files that are not Tusker's.\n", data));
    return ok_status();
  }
  session.console.note(fmt::format("Nothing of {} is left on this machine.\n", data));
  return ok_status();
}

bool purge_is_wanted(Session& session, const std::string& data) {
  if (!session.console.can_ask()) return true;  // a script that says --purge means it
  return session.console.confirm(
      fmt::format("Remove the installation in {}: all its clusters, their data, its keys?", data));
}

}  // namespace

int run_down(Session& session, const DownOptions& options) {
  const std::string data = absolute_path(options.data);
  if (::geteuid() != 0) {
    session.console.error("tusker down needs root, as tusker up did. Run it with sudo");
    return kFailed;
  }
  if (options.purge && !options.yes && !purge_is_wanted(session, data)) {
    session.console.note("Nothing was changed.\n");
    return kFailed;
  }
  const RunFolder folder(data);
  Status stopped = stop_up(session, folder);
  if (stopped.ok()) stopped = stop_leftovers(session, data);
  if (!stopped.ok()) return report(session, stopped);
  if (options.purge) return report(session, purge(session, data, folder));
  session.console.note(
      "Server and agent are stopped; nodes that run keep running. Remove everything with: tusker "
      "down --purge\n");
  return kDone;
}

}  // namespace tusker::cli
