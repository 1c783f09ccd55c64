#include "cli/up.h"

#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/options.h"

namespace tusker::cli {

namespace {

int up(Session& session, const UpOptions& options) {
  return options.detach ? run_up_detached(session, options) : run_up(session, options);
}

}  // namespace

void add_up(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<UpOptions>();
  CLI::App* command = root.add_subcommand(
      "up", "Run server and agent on this machine; stopping it leaves nodes running");
  add_data_option(*command, options->data);
  command->add_option("--listen", options->listen, "Address of the API; port 0 takes any free one")
      ->type_name("ADDRESS:PORT")
      ->take_last()
      ->capture_default_str();
  command->add_flag(
      "--detach,-d", options->detach, "Return when both are ready; they go on in the background");
  command->add_flag(
      "!--no-rate-limit", options->rate_limit, "Answer more than 20 calls a second of one action");
  command->add_option("--report-fd", options->report_fd, "")->group("");
  command->callback([&choice, options] { choose(choice, options, up); });
  set_examples(
      *command,
      {"sudo tusker up", "sudo tusker up --detach --data /srv/tusker --listen 127.0.0.1:8480"});
}

}  // namespace tusker::cli
