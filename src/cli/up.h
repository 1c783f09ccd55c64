#pragma once

#include <string>

#include "base/result.h"
#include "cli/session.h"

namespace tusker::cli {

struct UpOptions {
  std::string data;
  std::string listen = "127.0.0.1:7480";
  bool rate_limit = true;
  bool detach = false;
  int report_fd = -1;  // where a detached one tells its starter how it goes
};

// Runs server and agent of this machine as two children until Ctrl-C or TERM; answers the exit
// code.
int run_up(Session& session, const UpOptions& options);

// Starts the same in the background and returns when both are ready, or with the reason why not.
int run_up_detached(Session& session, const UpOptions& options);

// The folder as one absolute path, so that it means the same in every child.
std::string absolute_path(const std::string& path);

// Ends children that an `up` left behind when it was killed. DeadlineExceeded: one does not end.
Status stop_leftovers(Session& session, const std::string& data);

}  // namespace tusker::cli
