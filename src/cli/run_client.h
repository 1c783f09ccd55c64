#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/credentials.h"
#include "cli/run_session.h"

namespace tusker::cli {

// A program to run in a node.
struct RunRequest {
  std::string cluster_id;
  std::string node = "master-1";
  std::string user = "tusker";
  std::vector<std::string> argv;  // empty: the user's shell
  int input = 0;                  // descriptor that its standard input is read from
};

// The query of the signed GET /stream; percent-encoded, in the order in which it is signed.
std::string stream_query(const RunRequest& request,
                         bool terminal,
                         std::uint32_t columns,
                         std::uint32_t rows);

// A role's log to print.
struct LogRequest {
  std::string cluster_id;
  std::string node;
  std::string role;
  std::int64_t lines = 100;  // the last ones
  bool follow = false;       // then what comes, until Ctrl-C
};
std::string log_query(const LogRequest& request);

// Runs it with this input, our standard output, error and Ctrl-C until it ends. With a terminal at
// both ends the program gets a terminal too. An Error: the server refused or could not be reached.
// Blocks; main thread; once per process.
Result<RunEnd> run_in_node(const Access& access, const RunRequest& request);

// What a program wrote to both of its outputs, in the order in which it came: the last MiB.
struct CapturedRun {
  RunEnd end;
  std::string output;
};

// Runs it without input and keeps what it writes. Several times a second `give_up` is asked for a
// reason to end it, which is the error then; the program gets HUP, and 5 s later KILL. An Error
// otherwise as run_in_node(). Blocks; main thread.
Result<CapturedRun> capture_in_node(const Access& access,
                                    const RunRequest& request,
                                    const std::function<std::optional<Error>()>& give_up);

// Prints it to standard output; to a terminal without what a terminal would obey. The end is that
// of a program: 130 after Ctrl-C. Otherwise as run_in_node().
Result<RunEnd> print_role_log(const Access& access, const LogRequest& request);

}  // namespace tusker::cli
