#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>

#include "base/duration_text.h"
#include "cli/clusters.h"
#include "cli/commands/commands.h"
#include "cli/flow_view.h"
#include "cli/json_text.h"
#include "cli/options.h"
#include "cli/table.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

struct ListOptions {
  std::string data;
  std::string cluster;
  OutputForm form = OutputForm::Table;
};

std::string took(const FlowView& flow) {
  std::int64_t milliseconds = 0;
  for (const FlowView::Stage& stage : flow.stages) milliseconds += stage.milliseconds;
  return seconds_text(milliseconds) + (flow.finished() ? "" : " so far");
}

Status list(Session& session, const ListOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  json::object parameters;
  if (!options.cluster.empty()) {
    TK_TRY(parameters["InstanceId"], find_cluster_id(client, options.cluster));
  }
  TK_TRY(const json::object answer, client.call("DescribeFlows", parameters));
  if (options.form == OutputForm::Json) {
    session.console.answer(pretty_json(array_at(answer, "Flows")));
    return ok_status();
  }
  Table table({"ID", "KIND", "CLUSTER", "STATE", "STAGE", "STARTED", "TOOK"});
  for (const json::value& entry : array_at(answer, "Flows")) {
    if (!entry.is_object()) continue;
    const FlowView flow = read_flow(entry.get_object());
    table.add_row({std::to_string(flow.id),
                   flow.kind,
                   flow.cluster_name.empty() ? flow.cluster_id : flow.cluster_name,
                   short_outcome(flow),
                   flow.stage,
                   flow.started,
                   took(flow)});
  }
  if (table.empty()) {
    session.console.note("There is no operation, or none is kept any more.\n");
    return ok_status();
  }
  session.console.answer(table.render_for(session.console));
  return ok_status();
}

void add_list(CLI::App& flow, Choice& choice) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command =
      flow.add_subcommand("list", "List operations on clusters, the newest first; at most 200");
  command->add_option("CLUSTER", options->cluster, "Name or id of a cluster; without it, of all");
  add_data_option(*command, options->data);
  add_output_option(*command, options->form);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, list(session, *options));
    };
  });
  set_examples(*command, {"tusker flow list", "tusker flow list wordcount -o json"});
}

struct FlowOptions {
  std::string data;
  std::int64_t id = 0;
  OutputForm form = OutputForm::Table;
};

Status show(Session& session, const FlowOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  if (options.form == OutputForm::Json) {
    TK_TRY(const json::object answer, client.call("DescribeFlows", {{"FlowId", options.id}}));
    session.console.answer(pretty_json(array_at(answer, "Flows")));
    return ok_status();
  }
  TK_TRY(const FlowView flow, load_flow(client, options.id));
  session.console.answer(render_flow(flow));
  return ok_status();
}

Status cancel(Session& session, const FlowOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  TK_TRY(const json::object answer, client.call("CancelFlow", {{"FlowId", options.id}}));
  session.console.note(fmt::format(
      "Cancelling flow {0}: what it did is taken back. See it with: tusker flow show {0}\n",
      options.id));
  return ok_status();
}

struct DeadlineOptions {
  std::string data;
  std::int64_t id = 0;
  std::string time;
  std::string stage;
};

Status set_deadline(Session& session, const DeadlineOptions& options) {
  const std::optional<Duration> time = parse_duration(options.time);
  if (!time) {
    return Error::make(ErrorCode::InvalidArgument,
                       "TIME is such as 30m or 2h, found '{}'",
                       printable(options.time));
  }
  TK_TRY(const ApiClient client, session.client(options.data));
  json::object parameters = {
      {"FlowId", options.id},
      {"Milliseconds", std::chrono::duration_cast<std::chrono::milliseconds>(*time).count()}};
  if (!options.stage.empty()) parameters["Stage"] = options.stage;
  TK_TRY(const json::object answer, client.call("ModifyFlowDeadline", parameters));
  session.console.note(fmt::format("{} of flow {} may take {} from its beginning.\n",
                                   options.stage.empty() ? "The present stage" : options.stage,
                                   options.id,
                                   options.time));
  return ok_status();
}

void add_deadline(CLI::App& flow, Choice& choice) {
  auto options = std::make_shared<DeadlineOptions>();
  CLI::App* command = flow.add_subcommand(
      "deadline", "Give a stage of a flow more time, on a machine that is slow");
  command->add_option("ID", options->id, "Number of the flow")
      ->required()
      ->check(CLI::PositiveNumber);
  command->add_option("TIME", options->time, "From the stage's beginning, such as 30m")->required();
  command->add_option("--stage", options->stage, "Its name; without it the present one");
  add_data_option(*command, options->data);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, set_deadline(session, *options));
    };
  });
  set_examples(
      *command,
      {"tusker flow deadline 12 30m", "tusker flow deadline 12 1h --stage start-services"});
}

void add_flow_command(CLI::App& flow,
                      Choice& choice,
                      const std::string& name,
                      const std::string& description,
                      Status (*action)(Session&, const FlowOptions&)) {
  auto options = std::make_shared<FlowOptions>();
  CLI::App* command = flow.add_subcommand(name, description);
  command->add_option("ID", options->id, "Number of the flow")
      ->required()
      ->check(CLI::PositiveNumber);
  add_data_option(*command, options->data);
  if (name == "show") add_output_option(*command, options->form);
  command->callback([&choice, options, action] {
    choice.action = [options, action](Session& session) {
      return report(session, action(session, *options));
    };
  });
  set_examples(*command, {"tusker flow " + name + " 12"});
}

}  // namespace

void add_flow(CLI::App& root, Choice& choice) {
  CLI::App* flow =
      root.add_subcommand("flow", "List, show, cancel or prolong operations on clusters");
  flow->require_subcommand(0, 1);
  add_list(*flow, choice);
  add_flow_command(
      *flow, choice, "show", "Show a flow: its stages, what it waits for, why it failed", show);
  add_flow_command(*flow, choice, "cancel", "Cancel a flow; what it did is taken back", cancel);
  add_deadline(*flow, choice);
  set_examples(*flow, {"tusker flow list", "tusker flow show 12", "tusker flow cancel 12"});
}

}  // namespace tusker::cli
