#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "cli/clusters.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/json_text.h"
#include "cli/options.h"
#include "cli/run_client.h"
#include "cli/table.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

struct LogsOptions {
  std::string data;
  std::string cluster;
  std::string node;
  std::string role;
  std::int64_t lines = 100;
  bool follow = false;
  OutputForm form = OutputForm::Table;
};

std::string names_at(const json::object& logs) {
  std::string names;
  for (const json::value& role : array_at(logs, "Roles")) {
    if (role.is_string()) names += (names.empty() ? "" : ", ") + std::string(role.get_string());
  }
  return names;
}

Status list(Session& session, const ApiClient& client, const LogRequest& request, OutputForm form) {
  json::object parameters{{"InstanceId", request.cluster_id}};
  if (!request.node.empty()) parameters["Node"] = request.node;
  TK_TRY(const json::object answer, client.call("DescribeRoleLogs", parameters));
  const json::array& all = array_at(answer, "Logs");
  if (form == OutputForm::Json) {
    session.console.answer(pretty_json(all));
    return ok_status();
  }
  Table table({"NODE", "ID", "HOST", "NODE IS", "ROLES"});
  for (const json::value& entry : all) {
    if (!entry.is_object()) continue;
    const json::object& logs = entry.get_object();
    table.add_row({text_at(logs, "Name"),
                   text_at(logs, "ResourceId"),
                   text_at(logs, "HostName"),
                   flag_at(logs, "Removed") ? "gone" : "there",
                   names_at(logs)});
  }
  if (table.empty()) {
    session.console.note("No log of this cluster is kept any more.\n");
    return ok_status();
  }
  session.console.answer(table.render_for(session.console));
  return ok_status();
}

int logs(Session& session, const LogsOptions& options) {
  Result<ApiClient> client = session.client(options.data);
  if (!client.ok()) return report(session, std::move(client).error());
  LogRequest request{.cluster_id = "",
                     .node = options.node,
                     .role = options.role,
                     .lines = options.lines,
                     .follow = options.follow};
  Result<std::string> cluster = find_cluster_id(*client, options.cluster);
  if (!cluster.ok()) return report(session, std::move(cluster).error());
  request.cluster_id = *std::move(cluster);
  if (request.role.empty()) {
    if (!request.follow) return report(session, list(session, *client, request, options.form));
    session.console.error("say which node and role to follow; without -f they are listed");
    return kUsage;
  }
  const Result<RunEnd> end = print_role_log(client->access(), request);
  if (!end.ok()) return report(session, end.error());
  if (end->failure.empty()) return end->exit_code;
  session.console.error(printable(end->failure));
  return kFailed;
}

}  // namespace

void add_logs(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<LogsOptions>();
  CLI::App* command = root.add_subcommand(
      "logs", "Print what a role has written; without a role, list those that have logs");
  command->add_option("CLUSTER", options->cluster, "Name or id of the cluster")->required();
  command->add_option(
      "NODE", options->node, "Node, by name or id; also one that is gone, for a week");
  command->add_option("ROLE", options->role, "Role, such as DataNode");
  command->add_flag("--follow,-f", options->follow, "Go on with what it writes, until Ctrl-C");
  command->add_option("--lines,-n", options->lines, "How many of the last lines come first")
      ->type_name("COUNT")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1000000}))
      ->capture_default_str();
  add_data_option(*command, options->data);
  add_output_option(*command, options->form);
  command->callback([&choice, options] { choose(choice, options, logs); });
  set_examples(*command,
               {"tusker logs wordcount",
                "tusker logs wordcount master-1 NameNode -n 500",
                "tusker logs wordcount core-1 DataNode -f"});
}

}  // namespace tusker::cli
