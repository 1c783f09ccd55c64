#include "cli/document.h"

#include <CLI/CLI.hpp>

#include "cli/app.h"
#include "cli/exit_codes.h"

namespace tusker::cli {

namespace {

void describe(const CLI::App& command, const std::string& title, std::string& out) {
  const bool is_group = !command.get_subcommands({}).empty();
  if (!is_group) {
    std::string help =
        command.get_formatter()->make_help(&command, title, CLI::AppFormatMode::Normal);
    while (help.ends_with('\n')) help.pop_back();
    out += fmt::format("\n## {}\n\n```\n{}\n```\n", title, help);
  }
  for (const CLI::App* child : command.get_subcommands({})) {
    if (!child->get_group().empty()) describe(*child, title + " " + child->get_name(), out);
  }
}

}  // namespace

std::string command_reference() {
  Choice unused;
  const auto app = make_app(unused);
  std::string out =
      "# The `tusker` command\n\n"
      "Written by `tusker __document`; a test holds this page and the program together.\n\n"
      "Commands find the server by `TUSKER_ENDPOINT`, `TUSKER_SECRET_ID` and `TUSKER_SECRET_KEY` "
      "(and `TUSKER_REGION`); "
      "without\nthem they read the address and the root key of the installation in `--data`, which "
      "only root may.\n";
  describe(*app, "tusker", out);
  out += "\n## Exit codes\n\n| code | meaning |\n| --- | --- |\n";
  for (const ExitCodeRow& row : exit_code_table())
    out += fmt::format("| {} | {} |\n", row.code, row.meaning);
  return out;
}

}  // namespace tusker::cli
