#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
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

}  // namespace

void add_run(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = root.add_subcommand(
      "run",
      "Run a program in a cluster, on its master as an ordinary user; without a program, a shell");
  command->add_option("NAME", options->cluster, "Name or id of the cluster")->required();
  command->add_option("--node", options->node, "Node, by name or id")->capture_default_str();
  command->add_option("--user", options->user, "User in the node")->capture_default_str();
  add_data_option(*command, options->data);
  command->callback([&choice, options] {
    choice.action = [&choice, options](Session& session) {
      return run(session, *options, choice.trailing);
    };
  });
  set_examples(*command,
               {"tusker run wordcount -- hdfs dfs -ls /",
                "tusker run wordcount -- hdfs dfs -put - words.txt < words.txt",
                "tusker run wordcount --node core-1"});
}

}  // namespace tusker::cli
