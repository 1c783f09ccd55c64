#pragma once

#include <string>

#include "cli/session.h"

namespace tusker::cli {

struct DownOptions {
  std::string data;
  bool purge = false;
  bool yes = false;
};

// Ends server and agent of this data folder, also those that an `up` left behind; with `purge`
// removes every trace of the installation from this machine. Doing it again removes what is left.
// Answers the exit code.
int run_down(Session& session, const DownOptions& options);

}  // namespace tusker::cli
