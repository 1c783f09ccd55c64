#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "cli/clusters.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/flow_view.h"
#include "cli/json_text.h"
#include "cli/nodes.h"
#include "cli/options.h"
#include "cli/table.h"
#include "cli/wait_flow.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

struct ListOptions {
  std::string data;
  OutputForm form = OutputForm::Table;
};

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ",") + word;
  return out;
}

Status list(Session& session, const ListOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  TK_TRY(const json::array objects, list_cluster_objects(client));
  if (options.form == OutputForm::Json) {
    session.console.answer(pretty_json(objects));
    return ok_status();
  }
  Table table({"ID", "NAME", "STATUS", "RELEASE", "MASTER", "CORE", "SOFTWARE", "CREATED"});
  for (const json::value& object : objects) {
    const ClusterRow row = read_cluster_row(object.get_object());
    table.add_row({row.id,
                   row.name,
                   row.state,
                   row.release,
                   std::to_string(row.masters),
                   std::to_string(row.cores),
                   joined(row.software),
                   row.created});
  }
  if (table.empty()) {
    session.console.note("There is no cluster. Make one with: tusker cluster create NAME --wait\n");
    return ok_status();
  }
  session.console.answer(table.render_for(session.console));
  return ok_status();
}

struct ShowOptions {
  std::string data;
  std::string cluster;
  OutputForm form = OutputForm::Table;
};

std::string node_table(const json::array& nodes) {
  Table table({"NODE", "ID", "ADDRESS", "CPU", "MEMORY", "SERVICES"});
  for (const json::value& entry : nodes) {
    if (!entry.is_object()) continue;
    const json::object& node = entry.get_object();
    const std::string status = text_at(node, "ServicesStatus");
    table.add_row({text_at(node, "NameTag"),
                   text_at(node, "EmrResourceId"),
                   text_at(node, "Ip"),
                   std::to_string(integer_at(node, "CpuNum")),
                   text_at(node, "MemDesc"),
                   status.empty() ? text_at(node, "Services") : status});
  }
  return table.empty() ? "" : "\n" + table.render();
}

std::string problem_lines(const std::vector<NodeRow>& nodes) {
  std::string lines;
  for (const NodeRow& node : nodes) {
    for (const std::string& problem : problems_of(node))
      lines += fmt::format(
          "not well: {} on host {}: {}\n", printable(node.name), printable(node.host), problem);
  }
  return lines;
}

// What is not as it should be, before all else: while something is done to the cluster, what that
// waits for; then what is wrong with its nodes and their hosts; then why the last operation failed.
Result<std::string> headlines(const ApiClient& client,
                              const ClusterRow& row,
                              const std::optional<FlowView>& flow) {
  const std::string of_flow = flow ? flow_headline(*flow) : "";
  const bool was_made = !flow || flow->kind != "CREATE" || flow->succeeded();
  std::string lines;
  if (was_made && (!flow || flow->finished())) {
    TK_TRY(const std::vector<NodeRow> nodes, list_nodes(client, row.id));
    lines = problem_lines(nodes);
  }
  if (lines.empty() && !of_flow.empty()) lines = of_flow + "\n";
  return lines.empty() ? lines : lines + "\n";
}

Status show(Session& session, const ShowOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  TK_TRY(const json::array objects, list_cluster_objects(client));
  std::vector<ClusterRow> rows;
  for (const json::value& object : objects) rows.push_back(read_cluster_row(object.get_object()));
  TK_TRY(const ClusterRow row, pick_cluster(rows, options.cluster));
  json::object nodes;  // of one that could not be made none are left
  if (row.status != kCreateFailed) {
    TK_TRY(nodes,
           client.call("DescribeClusterNodes", {{"InstanceId", row.id}, {"NodeFlag", "all"}}));
  }
  TK_TRY(const std::optional<FlowView> flow, load_newest_flow(client, row.id));
  if (options.form == OutputForm::Json) {
    json::object all;
    for (const json::value& object : objects) {
      if (text_at(object.get_object(), "ClusterId") == row.id) all["Cluster"] = object;
    }
    all["Nodes"] = array_at(nodes, "NodeList");
    all["FlowId"] = flow ? flow->id : 0;
    session.console.answer(pretty_json(all));
    return ok_status();
  }
  TK_TRY(std::string out, headlines(client, row, flow));
  out += render_facts({{"name", row.name},
                       {"id", row.id},
                       {"status", row.state},
                       {"release", row.release},
                       {"software", joined(row.software)},
                       {"created", row.created}});
  if (row.status != kCreateFailed) out += node_table(array_at(nodes, "NodeList"));
  if (flow && (!flow->succeeded() || !flow->finished()))
    out += "\nlast operation\n" + render_flow_facts(*flow);
  session.console.answer(out);
  return ok_status();
}

struct TerminateOptions {
  std::string data;
  std::string cluster;
  bool yes = false;
  WaitFlags wait;
};

Status wait_until_gone(Session& session,
                       const ApiClient& client,
                       const ClusterRow& row,
                       const WaitFlags& flags) {
  TK_TRY(const FlowView flow, wait_for_flow(client, session.console, row.id, "TERMINATE", flags));
  if (!flow.succeeded()) {
    session.console.note(render_failure(flow));
    return Error::make(
        ErrorCode::Internal, "{} could not be removed completely: flow {}", row.name, flow.id);
  }
  session.console.note(fmt::format("{} is gone.\n", printable(row.name)));
  return ok_status();
}

int terminate(Session& session, const TerminateOptions& options) {
  Result<ApiClient> client = session.client(options.data);
  if (!client.ok()) return report(session, std::move(client).error());
  client->set_timeout(std::chrono::seconds(options.wait.wait ? 10 : 60));
  const Result<ClusterRow> row = find_cluster(*client, options.cluster);
  if (!row.ok()) return report(session, row.error());
  const std::string shown = fmt::format("{} ({}), {}", printable(row->name), row->id, row->state);
  if (!options.yes) {
    if (!session.console.can_ask()) {
      session.console.error(
          fmt::format("terminating {} deletes its data; repeat with --yes", shown));
      return kNeedsYes;
    }
    if (!session.console.confirm(
            fmt::format("Terminate {}? Its data in HDFS is deleted.", shown))) {
      session.console.note("Nothing was changed.\n");
      return kFailed;
    }
  }
  const Result<json::object> answer = client->call("TerminateInstance", {{"InstanceId", row->id}});
  if (!answer.ok()) return report(session, answer.error());
  if (options.wait.wait)
    return report(session, wait_until_gone(session, *client, *row, options.wait));
  session.console.note(
      fmt::format("Terminating {}. See it with: tusker cluster show {}\n", shown, row->id));
  return kDone;
}

struct RenameOptions {
  std::string data;
  std::string cluster;
  std::string name;
};

Status rename(Session& session, const RenameOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  TK_TRY(const std::vector<ClusterRow> clusters, list_clusters(client));
  TK_TRY(const ClusterRow row, pick_cluster(clusters, options.cluster));
  if (row.name != options.name) TK_TRY_VOID(check_name_is_free(clusters, options.name));
  TK_TRY_VOID(
      client.call("ModifyInstanceBasic", {{"InstanceId", row.id}, {"ClusterName", options.name}}));
  session.console.note(
      fmt::format("{} is called {} now.\n", printable(row.name), printable(options.name)));
  return ok_status();
}

void add_rename(CLI::App& cluster, Choice& choice) {
  auto options = std::make_shared<RenameOptions>();
  CLI::App* command = cluster.add_subcommand("rename", "Call a cluster otherwise");
  command->add_option("NAME", options->cluster, "Name or id of the cluster")->required();
  command->add_option("NEW", options->name, "New name: 6 to 36 letters, digits, - and _")
      ->required();
  add_data_option(*command, options->data);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, rename(session, *options));
    };
  });
  set_examples(*command, {"tusker cluster rename wordcount word-count"});
}

void add_list(CLI::App& cluster, Choice& choice) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = cluster.add_subcommand("list", "List the clusters that are not terminated");
  add_data_option(*command, options->data);
  add_output_option(*command, options->form);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, list(session, *options));
    };
  });
  set_examples(*command, {"tusker cluster list", "tusker cluster list -o json"});
}

void add_show(CLI::App& cluster, Choice& choice) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command =
      cluster.add_subcommand("show", "Show a cluster, its nodes and what it is doing");
  command->add_option("NAME", options->cluster, "Name or id of the cluster")->required();
  add_data_option(*command, options->data);
  add_output_option(*command, options->form);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, show(session, *options));
    };
  });
  set_examples(*command, {"tusker cluster show wordcount"});
}

void add_terminate(CLI::App& cluster, Choice& choice) {
  auto options = std::make_shared<TerminateOptions>();
  CLI::App* command = cluster.add_subcommand("terminate", "Remove a cluster and its data");
  command->add_option("NAME", options->cluster, "Name or id of the cluster")->required();
  command->add_flag("--yes,-y", options->yes, "Do not ask");
  add_wait_options(*command, options->wait);
  add_data_option(*command, options->data);
  command->callback([&choice, options] { choose(choice, options, terminate); });
  set_examples(
      *command,
      {"tusker cluster terminate wordcount --wait", "tusker cluster terminate emr-1a2b3c4d --yes"});
}

}  // namespace

void add_cluster(CLI::App& root, Choice& choice) {
  CLI::App* cluster =
      root.add_subcommand("cluster", "Create, list, scale, stop and terminate clusters");
  cluster->require_subcommand(0, 1);
  add_cluster_create(*cluster, choice);
  add_list(*cluster, choice);
  add_show(*cluster, choice);
  add_cluster_scale(*cluster, choice);
  add_cluster_services(*cluster, choice);
  add_rename(*cluster, choice);
  add_terminate(*cluster, choice);
  set_examples(*cluster,
               {"tusker cluster create wordcount --core 2 --wait",
                "tusker cluster list",
                "tusker cluster scale wordcount --core 3 --wait",
                "tusker cluster terminate wordcount --wait"});
}

}  // namespace tusker::cli
