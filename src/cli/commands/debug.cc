#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/options.h"
#include "cli/up.h"
#include "store/dump.h"

namespace tusker::cli {

namespace {

struct DumpOptions {
  std::string data;
};

int dump(Session& session, const DumpOptions& options) {
  return report(session,
                dump_rows(absolute_path(options.data) + "/server",
                          [&session](std::string_view text) { session.console.answer(text); }));
}

}  // namespace

void add_debug(CLI::App& root, Choice& choice) {
  CLI::App* debug = root.add_subcommand("debug", "Look inside, to investigate a fault");
  debug->require_subcommand(0, 1);
  auto options = std::make_shared<DumpOptions>();
  CLI::App* command =
      debug->add_subcommand("dump", "Print all stored objects as text, secrets masked");
  add_data_option(*command, options->data);
  command->callback([&choice, options] { choose(choice, options, dump); });
  set_examples(*command, {"sudo tusker debug dump | less"});
  set_examples(*debug, {"sudo tusker debug dump"});
}

}  // namespace tusker::cli
