#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/run_client.h"
#include "cli/session.h"

namespace tusker::cli {

// Finds the cluster by id or name, runs the request's program in it and answers the exit code: the
// program's own, or kRunFailed after saying why it did not run. `component`: what the cluster must
// consist of among others; "" for nothing in particular.
int run_program(Session& session,
                const std::string& data,
                const std::string& cluster,
                std::string_view component,
                RunRequest request);

}  // namespace tusker::cli
