#include "cli/options.h"

#include <CLI/CLI.hpp>

namespace tusker::cli {

CLI::Option* add_data_option(CLI::App& command, std::string& data) {
  data = std::string(kDefaultData);
  return command
      .add_option("--data", data, "Folder with everything that belongs to this installation")
      ->type_name("DIR")
      ->envname("TUSKER_DATA")
      ->capture_default_str();
}

void add_output_option(CLI::App& command, OutputForm& form) {
  command
      .add_option_function<std::string>(
          "--output,-o",
          [&form](const std::string& word) {
            form = word == "json" ? OutputForm::Json : OutputForm::Table;
          },
          "How to print: 'table' for people, 'json' for programs")
      ->check(CLI::IsMember({"table", "json"}))
      ->type_name("FORM")
      ->default_str("table");
}

void add_wait_options(CLI::App& command, WaitFlags& flags) {
  command.add_flag(
      "--wait", flags.wait, "Show progress until it is done; Ctrl-C only ends the showing");
  command.add_option("--timeout", flags.timeout_s, "Longest time to wait")
      ->type_name("SECONDS")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{7 * 24 * 3600}))
      ->capture_default_str();
}

void set_examples(CLI::App& command, const std::vector<std::string>& lines) {
  std::string text = "Examples:";
  for (const std::string& line : lines) text += "\n  " + line;
  command.footer(text);
}

}  // namespace tusker::cli
