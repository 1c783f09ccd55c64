#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/log.h"
#include "base/result.h"

namespace tusker::server {

// How `tusker server` was started.
struct ServerOptions {
  std::string data;                           // DATA: the server's own folder is DATA/server
  std::string listen = "127.0.0.1:7480";      // of the public API; port 0: the kernel chooses
  std::string agents_listen = "127.0.0.1:0";  // of agents; a port chosen once is kept
  bool rate_limit = true;                     // 20 calls a second for each action, as documented
  std::optional<std::pair<uid_t, gid_t>>
      run_as;            // dropped to before anything from outside is read; nothing: as started
  std::string log_file;  // empty: standard error
  LogLevel log_level = LogLevel::Info;
};

// Runs the server until SIGTERM or SIGINT. Yields the exit code 0, or why it could not start; the
// caller turns that into an exit code. A start that another try cannot mend (newer data format,
// wrong owner) is not retryable.
Result<int> run(const ServerOptions& options);

}  // namespace tusker::server
