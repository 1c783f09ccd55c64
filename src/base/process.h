#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/result.h"

namespace tusker {

// A program to run: never through a shell, so no argument is ever read as anything else.
struct Command {
  std::vector<std::string> argv;  // argv[0] is looked up in PATH unless it has a slash
  std::string input = {};         // its standard input; empty reads as /dev/null
  std::map<std::string, std::string> environment =
      {};                                       // added to a minimal one: PATH, LANG=C.UTF-8
  std::string directory = {};                   // working directory, empty: ours
  Duration timeout = std::chrono::seconds(60);  // then its process group gets SIGKILL
  std::size_t output_limit = 1 << 20;           // what is kept of its output: the last bytes
  // Called with each piece of output as it arrives, from the calling thread.
  std::function<void(std::string_view)> on_output = nullptr;
  // Checked about four times a second; true ends the program as a timeout does.
  std::function<bool()> cancelled = nullptr;
};

// What became of it.
struct Finished {
  int exit_code = 0;   // 128 + signal when a signal ended it
  std::string output;  // standard output and error in the order in which they were written
  bool ok() const { return exit_code == 0; }
};

// How `argv` is shown in errors and logs: joined by spaces, quoted where needed, at most 200 bytes.
std::string to_text(const std::vector<std::string>& argv);

// Runs programs. Passed to whoever needs it. Blocks until the program ended: worker threads only.
// Any thread.
class ProcessRunner {
 public:
  virtual ~ProcessRunner() = default;

  // NotFound: no such program. DeadlineExceeded: killed at the timeout. Cancelled. Any exit code is
  // a success of this call.
  virtual Result<Finished> run(const Command& command) = 0;

  // As run(), and an exit code other than 0 is an Error that names the command, the code and the
  // last lines of its output.
  Result<std::string> output_of(const Command& command);
};

// A program that runs beside us until its owner waits for it.
struct Child {
  pid_t pid = 0;
  UniqueFd handle;  // pidfd: readable once the program ended
};

// The soft limit of open descriptors becomes the hard one: a server has a descriptor for each
// connection. Main programs only.
void raise_descriptor_limit();

// Starts a program on the caller's descriptors, for streams and for programs whose children stay (a
// pipe of ours in a container would end it with us). Of the command only argv, environment and
// directory are used. The caller reaps it.
Result<Child> start_program(const Command& command, int input, int output, int error_output);
// The exit code as in Finished, of a child that ended within `limit`; else DeadlineExceeded and it
// still runs. Blocks.
Result<int> wait_for(const Child& child, Duration limit);

// posix_spawn(3) in a process group of its own; closes every descriptor above 2; signals at their
// defaults.
class SystemProcessRunner final : public ProcessRunner {
 public:
  Result<Finished> run(const Command& command) override;
};

}  // namespace tusker
