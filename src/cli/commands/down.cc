#include "cli/down.h"

#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/options.h"

namespace tusker::cli {

void add_down(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<DownOptions>();
  CLI::App* command =
      root.add_subcommand("down", "Stop server and agent; with --purge remove everything");
  command->add_flag("--purge",
                    options->purge,
                    "Leave no file, process, mount, interface, cgroup or firewall rule");
  command->add_flag("--yes,-y", options->yes, "Do not ask");
  add_data_option(*command, options->data);
  command->callback([&choice, options] { choose(choice, options, run_down); });
  set_examples(*command, {"sudo tusker down", "sudo tusker down --purge"});
}

}  // namespace tusker::cli
