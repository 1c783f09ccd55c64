#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/process.h"
#include "base/result.h"
#include "cli/api_client.h"
#include "cli/console.h"
#include "cli/credentials.h"

namespace tusker::cli {

// What a command may use. Made by main.cc from the process, by tests from fakes; outlives the
// command.
struct Session {
  Console& console;
  const Environment& environment;
  const Clock& clock;
  ProcessRunner& processes;
  HttpPost post;        // how requests travel
  std::string program;  // path of this executable

  // A client of the server that the environment, or else this data folder, names.
  Result<ApiClient> client(const std::string& data) const;
};

// A command that was chosen, with its options: answers the exit code.
using Action = std::function<int(Session&)>;

// What parsing leaves behind.
struct Choice {
  Action action;                      // set by the command that was named
  std::vector<std::string> trailing;  // words after "--", which no option parser touches
};

// Shows the error, if there is one, and answers the exit code that belongs to it.
int report(Session& session, const Status& status);

}  // namespace tusker::cli
