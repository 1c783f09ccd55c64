#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/options.h"
#include "cli/run_program.h"

namespace tusker::cli {

namespace {

struct RunOptions {
  std::string data;
  std::string cluster;
  std::string node = "master-1";
  std::string user = "tusker";
};

int run(Session& session, const RunOptions& options, const std::vector<std::string>& argv) {
  return run_program(session,
                     options.data,
                     options.cluster,
                     "",
                     {.cluster_id = "", .node = options.node, .user = options.user, .argv = argv});
}

// A shell with commands from our input, which a terminal makes interactive.
int shell(Session& session, const RunOptions& options, const std::vector<std::string>& argv) {
  if (argv.empty()) return run(session, options, argv);
  session.console.error("a shell takes no program; see: tusker run --help");
  return kUsage;
}

void add_action(CLI::App& command,
                Choice& choice,
                const std::shared_ptr<RunOptions>& options,
                int (*action)(Session&, const RunOptions&, const std::vector<std::string>&)) {
  add_data_option(command, options->data);
  command.callback([&choice, options, action] {
    choice.action = [&choice, options, action](Session& session) {
      return action(session, *options, choice.trailing);
    };
  });
}

}  // namespace

void add_run(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = root.add_subcommand(
      "run",
      "Run a program in a cluster, on its master as an ordinary user; without a program, a shell");
  command->add_option("NAME", options->cluster, "Name or id of the cluster")->required();
  command->add_option("--node", options->node, "Node, by name or id")->capture_default_str();
  command->add_option("--user", options->user, "User in the node")->capture_default_str();
  add_action(*command, choice, options, run);
  set_examples(*command,
               {"tusker run wordcount -- hdfs dfs -ls /",
                "tusker run wordcount -- hdfs dfs -put - words.txt < words.txt",
                "tusker run wordcount --node core-1 -- df -h"});
}

void add_shell(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = root.add_subcommand(
      "shell", "Be in a node: a login shell as an ordinary user, which ends with its exit code");
  command->add_option("CLUSTER", options->cluster, "Name or id of the cluster")->required();
  command->add_option("NODE", options->node, "Node, by name or id")->capture_default_str();
  command->add_option("--user,-u", options->user, "User in the node, such as hadoop or root")
      ->capture_default_str();
  add_action(*command, choice, options, shell);
  set_examples(*command,
               {"tusker shell wordcount",
                "tusker shell wordcount core-1 -u root",
                "tusker shell wordcount < script.sh"});
}

}  // namespace tusker::cli
