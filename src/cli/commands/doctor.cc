#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/host_check.h"
#include "cli/options.h"
#include "cli/up.h"

namespace tusker::cli {

namespace {

struct DoctorOptions {
  std::string data;
};

int examine(Session& session, const DoctorOptions& options) {
  return print_prerequisites(session.console, absolute_path(options.data), session.processes);
}

}  // namespace

void add_doctor(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<DoctorOptions>();
  CLI::App* command =
      root.add_subcommand("doctor", "Check what this machine needs to run nodes, with remedies");
  add_data_option(*command, options->data);
  command->callback([&choice, options] { choose(choice, options, examine); });
  set_examples(*command, {"sudo tusker doctor"});
}

}  // namespace tusker::cli
