#pragma once

#include <string>
#include <vector>

#include "base/process.h"
#include "base/result.h"
#include "cli/console.h"

namespace tusker::cli {

// What this machine lacks to run nodes, each with its remedy, in one Error (FailedPrecondition); ok
// when it lacks nothing.
Status require_prerequisites(const std::string& data, ProcessRunner& processes);

// Prints every prerequisite and whether it holds; answers the exit code.
int print_prerequisites(Console& console, const std::string& data, ProcessRunner& processes);

}  // namespace tusker::cli
