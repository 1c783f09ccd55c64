#include <CLI/CLI.hpp>

#include "cli/clusters.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/options.h"
#include "cli/run_client.h"
#include "cli/words.h"

namespace tusker::cli {

namespace {

struct RunOptions {
  std::string data;
  std::string cluster;
  std::string node = "master-1";
  std::string user = "tusker";
};

int run(Session& session, const RunOptions& options, const std::vector<std::string>& argv) {
  Result<ApiClient> client = session.client(options.data);
  if (!client.ok()) {
    session.console.error(client.error().message());
    return kRunFailed;
  }
  RunRequest request{.cluster_id = "", .node = options.node, .user = options.user, .argv = argv};
  const Result<ClusterRow> row = find_cluster(*client, options.cluster);
  if (!row.ok()) {
    session.console.error(row.error().message());
    return kRunFailed;
  }
  request.cluster_id = row->id;
  const Result<RunEnd> end = run_in_node(client->access(), request);
  if (!end.ok() || !end->failure.empty()) {
    session.console.error(end.ok() ? printable(end->failure) : end.error().message());
    return kRunFailed;
  }
  return end->exit_code;
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
