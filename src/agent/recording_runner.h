#pragma once

#include <string>

#include "base/process.h"

namespace tusker {

// Runs programs by another runner and remembers the last one that failed, so that a failure can
// name it. One thread.
class RecordingRunner final : public ProcessRunner {
 public:
  explicit RecordingRunner(ProcessRunner& runner) : runner_(runner) {}

  Result<Finished> run(const Command& command) override {
    Result<Finished> finished = runner_.run(command);
    if (!finished.ok() || !finished->ok()) {
      command_ = to_text(command.argv);
      exit_code_ = finished.ok() ? finished->exit_code : 0;
    }
    return finished;
  }
  void forget() { command_.clear(); }
  const std::string& failed_command() const { return command_; }
  int failed_exit_code() const { return exit_code_; }

 private:
  ProcessRunner& runner_;
  std::string command_;
  int exit_code_ = 0;
};

}  // namespace tusker
