#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/session.h"

namespace CLI {
class App;
}

namespace tusker::cli {

// Every command, its options and its help. What a command line chooses is written to `choice`,
// which outlives the App.
std::unique_ptr<CLI::App> make_app(Choice& choice);

// Parses and carries out one command line (without the program's name); answers the exit code.
int run_command_line(const std::vector<std::string>& words, Session& session);

// Version of this program, "0.1.0".
std::string_view program_version();

}  // namespace tusker::cli
