#include "cli/log_level.h"

#include <CLI/CLI.hpp>

namespace tusker::cli {

LogLevel parse_log_level(const std::string& word) {
  if (word == "debug") return LogLevel::Debug;
  if (word == "warn") return LogLevel::Warn;
  if (word == "error") return LogLevel::Error;
  return LogLevel::Info;
}

void add_log_options(CLI::App& command, std::string& file, std::string& level) {
  command.add_option("--log-file", file, "Where to log; without it to standard error")
      ->type_name("FILE");
  command.add_option("--log-level", level, "Least level to log")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->type_name("debug|info|warn|error")
      ->capture_default_str();
}

}  // namespace tusker::cli
