#pragma once

#include <string>

#include "base/log.h"

namespace CLI {
class App;
}

namespace tusker::cli {

// "debug", "info", "warn" or "error"; anything else reads as info, the option parser lets nothing
// else through.
LogLevel parse_log_level(const std::string& word);

// --log-file and --log-level
void add_log_options(CLI::App& command, std::string& file, std::string& level);

}  // namespace tusker::cli
