#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "cli/clusters.h"
#include "cli/commands/commands.h"
#include "cli/json_text.h"
#include "cli/nodes.h"
#include "cli/options.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

struct ListOptions {
  std::string data;
  std::string cluster;
  OutputForm form = OutputForm::Table;
};

Status list(Session& session, const ListOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  std::string cluster_id;
  if (!options.cluster.empty()) {
    TK_TRY(const ClusterRow row, find_cluster(client, options.cluster));
    cluster_id = row.id;
  }
  TK_TRY(const json::array objects, list_node_objects(client, cluster_id));
  if (options.form == OutputForm::Json) {
    session.console.answer(pretty_json(objects));
    return ok_status();
  }
  std::vector<NodeRow> nodes;
  for (const json::value& info : objects) nodes.push_back(read_node_row(info.get_object()));
  if (nodes.empty()) {
    session.console.note("There is no node. Make some with: tusker cluster create NAME --wait\n");
    return ok_status();
  }
  session.console.answer(render_nodes(nodes, session.console));
  return ok_status();
}

}  // namespace

void add_node(CLI::App& root, Choice& choice) {
  CLI::App* node = root.add_subcommand("node", "List the nodes of clusters");
  node->require_subcommand(0, 1);
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = node->add_subcommand(
      "list", "List nodes: where they are, what they have and use, and how their roles are");
  command->add_option("CLUSTER", options->cluster, "Name or id of a cluster; without it, of all");
  add_data_option(*command, options->data);
  add_output_option(*command, options->form);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, list(session, *options));
    };
  });
  set_examples(*command, {"tusker node list", "tusker node list wordcount -o json"});
  set_examples(*node, {"tusker node list wordcount"});
}

}  // namespace tusker::cli
