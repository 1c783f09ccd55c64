#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>

#include "cli/clusters.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/flow_view.h"
#include "cli/nodes.h"
#include "cli/options.h"
#include "cli/wait_flow.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

struct ServicesOptions {
  std::string data;
  std::string cluster;
  std::string service;                 // empty: all
  std::vector<std::string> processes;  // empty: all
  std::vector<std::string> nodes;      // empty: all that have them
  std::int64_t batch = 1;
  std::int64_t pause_s = 0;
  bool all_at_once = false;
  bool skip_failed = false;
  bool yes = false;
  WaitFlags wait;
};

struct Verb {
  const char* word;       // stop
  const char* operation;  // StopService
  const char* done;       // stopped
  bool asks;              // since what runs on the cluster ends
};
constexpr Verb kStart{"start", "StartService", "started", false};
constexpr Verb kStop{"stop", "StopService", "stopped", true};
constexpr Verb kRestart{"restart", "RestartService", "restarted", true};

// "hdfs-3.5.0" is HDFS.
std::string service_of(const std::string& software) {
  return upper_case(software.substr(0, software.rfind('-')));
}

// Where the named nodes are.
Result<json::array> addresses_of(const ApiClient& client,
                                 const ClusterRow& row,
                                 const std::vector<std::string>& names) {
  TK_TRY(const std::vector<NodeRow> nodes, list_nodes(client, row.id));
  json::array addresses;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(nodes, name, &NodeRow::name);
    if (found != nodes.end()) {
      addresses.emplace_back(found->address);
      continue;
    }
    std::string known;
    for (const NodeRow& node : nodes) known += (known.empty() ? "" : ", ") + node.name;
    return Error::make(
        ErrorCode::NotFound, "{} has no node {}; it has {}", row.name, printable(name), known);
  }
  return addresses;
}

Result<json::array> scope_of(const ApiClient& client,
                             const ClusterRow& row,
                             const ServicesOptions& options) {
  if (options.processes.empty() && !options.nodes.empty())
    return Error(ErrorCode::InvalidArgument, "--node needs --process: say which of its processes");
  if (!options.processes.empty() && options.service.empty())
    return Error(ErrorCode::InvalidArgument, "--process needs --service, such as hdfs");
  json::array services;
  if (options.service.empty()) {
    for (const std::string& software : row.software)
      services.push_back(json::object{{"ServiceName", service_of(software)}});
    return services;
  }
  json::array addresses;
  if (!options.nodes.empty()) {
    TK_TRY(addresses, addresses_of(client, row, options.nodes));
  }
  json::array processes;
  for (const std::string& process : options.processes)
    processes.push_back(json::object{{"ComponentName", process}, {"IpList", addresses}});
  json::object service{{"ServiceName", upper_case(options.service)}};
  if (!processes.empty()) service["ComponentInfoList"] = std::move(processes);
  services.push_back(std::move(service));
  return services;
}

json::object request_of(const Verb& verb,
                        const ClusterRow& row,
                        const ServicesOptions& options,
                        json::array scope) {
  json::object request{{"InstanceId", row.id},
                       {"OpType", verb.operation},
                       {"OpScope", json::object{{"ServiceInfoList", std::move(scope)}}}};
  if (verb.operation != kRestart.operation) return request;
  request["StrategyConfig"] = json::object{{"RollingRestartSwitch", options.all_at_once ? 0 : 1},
                                           {"BatchSize", options.batch},
                                           {"TimeWait", options.pause_s},
                                           {"DealOnFail", options.skip_failed ? 1 : 0}};
  return request;
}

// What is meant, for people: "hdfs of wordcount", "wordcount".
std::string meant(const ClusterRow& row, const ServicesOptions& options) {
  std::string cluster = printable(row.name);
  if (options.service.empty()) return cluster;
  std::string processes;
  for (const std::string& process : options.processes)
    processes += (processes.empty() ? "" : ", ") + printable(process);
  return fmt::format(
      "{} of {}", processes.empty() ? printable(options.service) : processes, cluster);
}

int agrees(Session& session, const Verb& verb, const std::string& what, bool yes) {
  if (yes || !verb.asks) return kDone;
  if (!session.console.can_ask()) {
    session.console.error(fmt::format(
        "to {} {} ends what runs on it now; its data is kept. Repeat with --yes", verb.word, what));
    return kNeedsYes;
  }
  if (session.console.confirm(fmt::format(
          "To {} {} ends what runs on it now; its data is kept. Go on?", verb.word, what)))
    return kDone;
  session.console.note("Nothing was changed.\n");
  return kFailed;
}

Status wait_until_done(Session& session,
                       ApiClient& client,
                       const Verb& verb,
                       const ClusterRow& row,
                       const std::string& what,
                       const WaitFlags& flags) {
  client.set_timeout(std::chrono::milliseconds(2000));
  TK_TRY(const FlowView flow, wait_for_flow(client, session.console, row.id, "SERVICES", flags));
  if (flow.succeeded()) {
    session.console.note(fmt::format("{}: {}.\n", what, verb.done));
    return ok_status();
  }
  session.console.note(render_failure(flow));
  return Error::make(ErrorCode::Internal,
                     "could not {} {}. All of it: tusker flow show {}",
                     verb.word,
                     what,
                     flow.id);
}

int operate(Session& session, const ServicesOptions& options, const Verb& verb) {
  Result<ApiClient> client = session.client(options.data);
  if (!client.ok()) return report(session, std::move(client).error());
  const Result<ClusterRow> row = find_cluster(*client, options.cluster);
  if (!row.ok()) return report(session, row.error());
  Result<json::array> scope = scope_of(*client, *row, options);
  if (!scope.ok()) return report(session, scope.error());
  const std::string what = meant(*row, options);
  if (const int answer = agrees(session, verb, what, options.yes); answer != kDone) return answer;
  // The answer names no flow: the newest one tells whether there was anything to do.
  const Result<std::optional<FlowView>> before = load_newest_flow(*client, row->id);
  if (!before.ok()) return report(session, before.error());
  const Result<json::object> begun =
      client->call("StartStopServiceOrMonitor", request_of(verb, *row, options, *std::move(scope)));
  if (!begun.ok()) return report(session, begun.error());
  const Result<std::optional<FlowView>> after = load_newest_flow(*client, row->id);
  if (!after.ok()) return report(session, after.error());
  if (!after->has_value() || (before->has_value() && (*before)->id == (*after)->id)) {
    session.console.note(fmt::format("{}: {} already.\n", what, verb.done));
    return kDone;
  }
  if (options.wait.wait)
    return report(session, wait_until_done(session, *client, verb, *row, what, options.wait));
  session.console.note(fmt::format("Begun. See it with: tusker flow show {}\n", (*after)->id));
  return kDone;
}

int start(Session& session, const ServicesOptions& options) {
  return operate(session, options, kStart);
}
int stop(Session& session, const ServicesOptions& options) {
  return operate(session, options, kStop);
}
int restart(Session& session, const ServicesOptions& options) {
  return operate(session, options, kRestart);
}

CLI::App* add_verb(CLI::App& cluster,
                   const Verb& verb,
                   const char* description,
                   const std::shared_ptr<ServicesOptions>& options) {
  CLI::App* command = cluster.add_subcommand(verb.word, description);
  command->add_option("NAME", options->cluster, "Name or id of the cluster")->required();
  command->add_option("--service", options->service, "Only this one, such as hdfs; default: all");
  command->add_option(
      "--process", options->processes, "Only these of the service, such as DataNode; default: all");
  command->add_option("--node", options->nodes, "Only on these, such as core-1; default: all");
  if (verb.asks) command->add_flag("--yes,-y", options->yes, "Do not ask");
  add_wait_options(*command, options->wait);
  add_data_option(*command, options->data);
  return command;
}

}  // namespace

void add_cluster_services(CLI::App& cluster, Choice& choice) {
  auto to_stop = std::make_shared<ServicesOptions>();
  CLI::App* command =
      add_verb(cluster, kStop, "Stop services, and keep their data and their nodes", to_stop);
  command->callback([&choice, to_stop] { choose(choice, to_stop, stop); });
  set_examples(*command,
               {"tusker cluster stop wordcount --wait",
                "tusker cluster stop wordcount --service yarn --yes"});

  auto to_start = std::make_shared<ServicesOptions>();
  command = add_verb(cluster, kStart, "Start services that were stopped", to_start);
  command->callback([&choice, to_start] { choose(choice, to_start, start); });
  set_examples(
      *command,
      {"tusker cluster start wordcount --wait", "tusker cluster start wordcount --service yarn"});

  auto to_restart = std::make_shared<ServicesOptions>();
  command =
      add_verb(cluster, kRestart, "Restart services, one process after the other", to_restart);
  command->add_option("--batch", to_restart->batch, "How many processes of one kind at once")
      ->check(CLI::Range(1, 99999))
      ->capture_default_str();
  command->add_option("--pause", to_restart->pause_s, "Seconds between batches")
      ->check(CLI::Range(0, 300))
      ->capture_default_str();
  command->add_flag("--all-at-once", to_restart->all_at_once, "All in one batch");
  command->add_flag(
      "--skip-failed", to_restart->skip_failed, "Go on when a process does not come back in time");
  command->callback([&choice, to_restart] { choose(choice, to_restart, restart); });
  set_examples(
      *command,
      {"tusker cluster restart wordcount --service hdfs --process DataNode --wait --yes",
       "tusker cluster restart wordcount --service yarn --process NodeManager --node core-1",
       "tusker cluster restart wordcount --all-at-once --yes"});
}

}  // namespace tusker::cli
