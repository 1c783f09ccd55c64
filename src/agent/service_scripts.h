#pragma once

#include <map>
#include <string>
#include <string_view>

#include "agent/image_users.h"
#include "base/result.h"

namespace tusker {

namespace link {
class Role;
class Task;
}  // namespace link

// The scripts and small files from which s6 runs roles and tasks. Pure functions of typed messages:
// each word of an argv arrives in its program as it was sent, whatever characters it has.
//
// The scripts keep what the agent reads back, as files beside them: `starts` ("number uptime pid"
// of the last start), `ended` ("number code" of the last end), `backoff`; and they read `hurry`
// ("number": do not wait after that start ends) and `maintenance` (empty: do not start again). Only
// shell built-ins: a start costs no fork.

using Environment = std::map<std::string, std::string>;

// Starts the role as its user. `home` becomes HOME unless the environment has one.
Result<std::string> role_run_script(const link::Role& role,
                                    const Environment& environment,
                                    const ImageUser& user,
                                    int oom_score_adj);
// Records the end, kills what is left of the process group if asked to, and waits: 1 s, doubling to
// 60 s, from 1 s again after a role has lived for 60 s. In maintenance it stays down instead.
std::string role_finish_script(bool kill_group);
// Writes a service's output to /var/log/tusker/NAME, at most `log_bytes` in all its files.
std::string log_script(std::string_view name, std::uint64_t log_bytes);

// Runs a task once, whatever becomes of its supervisor. What it writes to descriptor 3 goes to
// /run/tusker/tasks/ID/notes.
Result<std::string> task_run_script(const link::Task& task,
                                    const Environment& environment,
                                    const ImageUser& user,
                                    int oom_score_adj);
// Records its end in /run/tusker/tasks/ID/exit, and as the last line of its log: kTaskEnded and the
// code.
std::string task_finish_script(std::string_view task);
inline constexpr std::string_view kTaskEnded = "tusker: ended with exit code ";

// Number of a signal by its name, TERM or SIGTERM. InvalidArgument lists what there is.
Result<int> signal_number(std::string_view name);

bool is_role_name(std::string_view text);  // [A-Za-z][A-Za-z0-9-]{0,62}, not task-…
bool is_task_id(std::string_view text);    // [a-z0-9-]{1,40}
bool is_log_name(std::string_view text);   // of a folder of logs: a role's name, or task-ID

}  // namespace tusker
