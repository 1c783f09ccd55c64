#include "cli/exit_codes.h"

#include <array>

namespace tusker::cli {

namespace {

constexpr std::array<ExitCodeRow, 9> kTable = {{
    {kDone, "Done."},
    {kFailed, "Refused or failed; the message says why."},
    {kUsage, "The command line is wrong; nothing was sent."},
    {kUnreachable, "The server cannot be reached. Trying again may help."},
    {kNeedsYes, "It would have asked, and there is no terminal: repeat with `--yes`."},
    {kTimedOut, "`--wait` reached its `--timeout`. The operation goes on."},
    {kDoNotRestart,
     "`server`, `agent`, `up`: cannot start until a person changes something. Do not restart."},
    {kRunFailed,
     "`run` or `shell` could not start the program or lost it. Otherwise they end with its own "
     "code."},
    {kInterrupted, "Ctrl-C. What the server has begun goes on."},
}};

}  // namespace

std::span<const ExitCodeRow> exit_code_table() {
  return kTable;
}

int exit_code_of(const Error& error) {
  switch (error.code()) {
    case ErrorCode::Unavailable:
      return kUnreachable;
    case ErrorCode::DeadlineExceeded:
      return kTimedOut;
    case ErrorCode::Cancelled:
      return kInterrupted;
    default:
      return kFailed;
  }
}

int start_failure_code(const Error& error) {
  return error.retryable() || error.code() == ErrorCode::Internal ? kFailed : kDoNotRestart;
}

}  // namespace tusker::cli
