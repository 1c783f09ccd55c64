#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>

#include "base/random.h"
#include "cli/clusters.h"
#include "cli/commands/commands.h"
#include "cli/events.h"
#include "cli/exit_codes.h"
#include "cli/flow_view.h"
#include "cli/json_text.h"
#include "cli/options.h"
#include "cli/wait_flow.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

constexpr std::int64_t kUnchanged = -1;

struct ScaleOptions {
  std::string data;
  std::string cluster;
  std::int64_t core = kUnchanged;
  std::int64_t task = kUnchanged;
  bool yes = false;
  WaitFlags wait;
};

// What is asked of one type of nodes.
struct Change {
  std::string word;  // core
  std::int64_t from = 0;
  std::int64_t to = 0;
};

// A node that may leave.
struct Leaver {
  std::string name;  // core-3
  std::string order_number;
  std::int64_t index = 0;
};

Result<Change> change_of(const ClusterRow& row, const ScaleOptions& options) {
  if ((options.core == kUnchanged) == (options.task == kUnchanged)) {
    return Error(ErrorCode::InvalidArgument,
                 "say how many nodes of one type there shall be: --core N or --task N");
  }
  return options.core != kUnchanged ? Change{"core", row.cores, options.core}
                                    : Change{"task", row.tasks, options.task};
}

// Those that came last, first.
Result<std::vector<Leaver>> leavers_of(const ApiClient& client,
                                       const ClusterRow& row,
                                       const Change& change) {
  TK_TRY(const json::object answer,
         client.call("DescribeClusterNodes", {{"InstanceId", row.id}, {"NodeFlag", change.word}}));
  std::vector<Leaver> nodes;
  for (const json::value& entry : array_at(answer, "NodeList")) {
    if (!entry.is_object()) continue;
    const std::string name = node_name_of(text_at(entry.get_object(), "NameTag"));
    const std::int64_t index = std::atoll(name.substr(name.rfind('-') + 1).c_str());
    nodes.push_back({name, text_at(entry.get_object(), "OrderNo"), index});
  }
  std::ranges::sort(nodes, std::greater(), &Leaver::index);
  nodes.resize(std::min(nodes.size(), static_cast<std::size_t>(change.from - change.to)));
  return nodes;
}

Result<json::object> scale_out(const ApiClient& client,
                               const ClusterRow& row,
                               const Change& change) {
  SystemRandom random;
  return client.call(
      "ScaleOutInstance",
      {{"InstanceId", row.id},
       {"TimeUnit", "s"},
       {"TimeSpan", 3600},
       {"PayMode", 0},
       {"ClientToken", random.uuid()},
       {change.word == "core" ? "CoreCount" : "TaskCount", change.to - change.from}});
}

Result<json::object> scale_in(const ApiClient& client,
                              const ClusterRow& row,
                              const Change& change,
                              const std::vector<Leaver>& leavers) {
  json::array ids;
  for (const Leaver& node : leavers) ids.emplace_back(node.order_number);
  return client.call("TerminateClusterNodes",
                     {{"InstanceId", row.id},
                      {"NodeFlag", change.word == "core" ? "CORE" : "TASK"},
                      {"CvmInstanceIds", std::move(ids)}});
}

// The newest event of a cluster; 0 if that cannot be told.
std::int64_t newest_event(const ApiClient& client, const ClusterRow& row) {
  const Result<json::array> newest = newest_events(client, {.cluster_id = row.id}, 1);
  return newest.ok() && !newest->empty() ? integer_at(newest->back().get_object(), "EventId") : 0;
}

// What a growth leaves to its user, such as the copies of files that are there already: no answer
// of the API has a place for it, so it is among the events.
void print_notes(Session& session,
                 const ApiClient& client,
                 const ClusterRow& row,
                 std::int64_t after) {
  if (after == 0) return;
  const Result<json::object> answer =
      client.call("DescribeEvents", {{"InstanceId", row.id}, {"AfterEventId", after}});
  if (!answer.ok()) return;
  for (const json::value& entry : array_at(*answer, "Events")) {
    if (!entry.is_object()) continue;
    const json::object& event = entry.get_object();
    if (text_at(event, "Kind") == "cluster.scale_note")
      session.console.note(fmt::format("note: {}\n", printable(text_at(event, "Text"))));
  }
}

Status wait_until_scaled(Session& session,
                         ApiClient& client,
                         const ClusterRow& row,
                         const Change& change,
                         const WaitFlags& flags) {
  client.set_timeout(std::chrono::milliseconds(2000));
  const char* const kind = change.to > change.from ? "SCALE_OUT" : "SCALE_IN";
  TK_TRY(const FlowView flow, wait_for_flow(client, session.console, row.id, kind, flags));
  if (flow.succeeded()) {
    session.console.note(
        fmt::format("{} has {} {} nodes.\n", printable(row.name), change.to, change.word));
    return ok_status();
  }
  session.console.note(render_failure(flow));
  return Error::make(ErrorCode::Internal,
                     "{} has {} {} nodes as before. All of it: tusker flow show {}",
                     printable(row.name),
                     change.from,
                     change.word,
                     flow.id);
}

// Whether the user agrees that these leave.
int agrees(Session& session, const ScaleOptions& options, const std::vector<Leaver>& leavers) {
  if (options.yes) return kDone;
  std::string names;
  for (const Leaver& node : leavers) names += (names.empty() ? "" : ", ") + node.name;
  if (!session.console.can_ask()) {
    session.console.error(fmt::format("{} would leave; repeat with --yes", names));
    return kNeedsYes;
  }
  if (session.console.confirm(
          fmt::format("Take out {}? What they hold moves to the others first.", names)))
    return kDone;
  session.console.note("Nothing was changed.\n");
  return kFailed;
}

int scale(Session& session, const ScaleOptions& options) {
  Result<ApiClient> client = session.client(options.data);
  if (!client.ok()) return report(session, std::move(client).error());
  const Result<ClusterRow> row = find_cluster(*client, options.cluster);
  if (!row.ok()) return report(session, row.error());
  const Result<Change> change = change_of(*row, options);
  if (!change.ok()) return report(session, change.error());
  if (change->to == change->from) {
    session.console.note(fmt::format(
        "{} has {} {} nodes already.\n", printable(row->name), change->to, change->word));
    return kDone;
  }
  std::vector<Leaver> leavers;
  if (change->to < change->from) {
    Result<std::vector<Leaver>> found = leavers_of(*client, *row, *change);
    if (!found.ok()) return report(session, found.error());
    leavers = *std::move(found);
    if (const int answer = agrees(session, options, leavers); answer != kDone) return answer;
  }
  const bool grows = change->to > change->from;
  const std::int64_t before = grows ? newest_event(*client, *row) : 0;
  const Result<json::object> begun =
      grows ? scale_out(*client, *row, *change) : scale_in(*client, *row, *change, leavers);
  if (!begun.ok()) return report(session, begun.error());
  print_notes(session, *client, *row, before);
  if (options.wait.wait)
    return report(session, wait_until_scaled(session, *client, *row, *change, options.wait));
  session.console.note(
      fmt::format("Begun. See it with: tusker flow show {}\n", integer_at(*begun, "FlowId")));
  return kDone;
}

}  // namespace

void add_cluster_scale(CLI::App& cluster, Choice& choice) {
  auto options = std::make_shared<ScaleOptions>();
  CLI::App* command =
      cluster.add_subcommand("scale", "Add nodes, or take some out without losing what they hold");
  command->add_option("NAME", options->cluster, "Name or id of the cluster")->required();
  command->add_option("--core", options->core, "How many core nodes there shall be")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--task", options->task, "How many task nodes there shall be")
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--yes,-y", options->yes, "Do not ask before nodes leave");
  add_wait_options(*command, options->wait);
  add_data_option(*command, options->data);
  command->callback([&choice, options] { choose(choice, options, scale); });
  set_examples(*command,
               {"tusker cluster scale wordcount --core 3 --wait",
                "tusker cluster scale wordcount --core 2 --wait --yes",
                "tusker cluster scale wordcount --task 1"});
}

}  // namespace tusker::cli
