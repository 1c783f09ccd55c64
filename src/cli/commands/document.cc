#include "cli/document.h"

#include <CLI/CLI.hpp>

#include "cli/app.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"

namespace tusker::cli {

// Prints docs/cli.md; hidden, since only this project's own tests and writers want it.
void add_document(CLI::App& root, Choice& choice) {
  CLI::App* command = root.add_subcommand("__document", "")->group("");
  command->callback([&choice] {
    choice.action = [](Session& session) {
      session.console.answer(command_reference());
      return static_cast<int>(kDone);
    };
  });
}

}  // namespace tusker::cli
