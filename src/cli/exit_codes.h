#pragma once

#include <span>
#include <string_view>

#include "base/result.h"

namespace tusker::cli {

// What the command tells its caller; part of the interface, so a number never changes its meaning.
// docs/cli.md shows the table.
enum ExitCode : int {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,
  kUnreachable = 3,
  kNeedsYes = 4,
  kTimedOut = 5,
  kDoNotRestart =
      78,  // EX_CONFIG of sysexits.h: what systemd units name in RestartPreventExitStatus
  kRunFailed = 125,
  kInterrupted = 130,
};

struct ExitCodeRow {
  int code;
  std::string_view meaning;
};

std::span<const ExitCodeRow> exit_code_table();

// The code with which a user's command ends for this error.
int exit_code_of(const Error& error);

// The code with which `tusker server` and `tusker agent` end when they could not start:
// kDoNotRestart when only a person can help, kFailed when another try may.
int start_failure_code(const Error& error);

}  // namespace tusker::cli
