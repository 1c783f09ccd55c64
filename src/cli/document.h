#pragma once

#include <string>

namespace tusker::cli {

// The whole of docs/cli.md: every visible command with its help, and the exit codes. A test
// compares the file with it.
std::string command_reference();

}  // namespace tusker::cli
