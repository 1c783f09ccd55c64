#include "control/node_checks.h"

#include <algorithm>

#include "base/encoding.h"
#include "control/drain_work.h"
#include "control/findings.h"
#include "control/node_updates.h"
#include "control/removal_checks.h"
#include "control/reported.h"
#include "control/telling_line.h"

namespace tusker {
namespace {

void keep_log(store::Failure& failure, const auto& lines) {
  constexpr int kLines = 50;
  constexpr std::size_t kBytes = 1000;
  for (int i = std::max(0, lines.size() - kLines); i < lines.size(); ++i)
    failure.add_log(cut_text(lines[i], kBytes));
}

// Adds what keeps this node from running. Yields the reason when it never will.
std::optional<store::Failure> find_node(const StageView& view,
                                        const store::Node& node,
                                        Findings& findings) {
  const link::NodeStatus* status = view.model.status_of(node);
  if (std::string silence = silence_of(view, node.host_id()); !silence.empty()) {
    findings.add(
        Findings::Silence, fmt::format("{}: {}", node.name(), silence), about(view.model, node));
    return std::nullopt;
  }
  if (status == nullptr || status->state() == link::NodeStatus::CREATING) {
    const std::string fetch = fetching(view.model, node);
    findings.add(Findings::Patience,
                 fmt::format("{}: host {} is making it{}{}",
                             node.name(),
                             host_name(view.model, node.host_id()),
                             fetch.empty() ? "" : ", ",
                             fetch),
                 about(view.model, node));
    return std::nullopt;
  }
  if (status->state() == link::NodeStatus::RUNNING) return std::nullopt;
  store::Failure failure = failure_of(view.model, node, status->failure());
  if (status->failure().permanent()) return failure;
  std::string line =
      status->state() == link::NodeStatus::FAILED
          ? fmt::format("{}: {}; the host tries again", node.name(), failure.message())
          : fmt::format("{}: {}", node.name(), word_of(status->state()));
  findings.add(Findings::Trouble, std::move(line), std::move(failure));
  return std::nullopt;
}

// `whose` begins the line: "core-2: ", or nothing when it is about the whole cluster.
void find_condition(const StageView& view,
                    const Condition& condition,
                    const std::string& whose,
                    Findings& findings) {
  std::string found = "nothing yet";
  for (const auto& [order, node] : view.model.nodes_of(view.flow.cluster_id())) {
    const link::NodeStatus* status = view.model.status_of(*node);
    const link::RoleStatus* role = status == nullptr ? nullptr : role_in(*status, condition.role);
    if (role == nullptr) continue;
    const auto fact = role->facts().find(condition.fact);
    if (fact == role->facts().end()) continue;
    if (condition.holds(fact->second)) return;
    found = fact->second;
  }
  store::Failure suspect;
  suspect.set_role(condition.role);
  findings.add(Findings::Patience,
               fmt::format("{}{} reports {} {}, {} expected",
                           whose,
                           condition.role,
                           condition.fact,
                           found,
                           to_text(condition)),
               std::move(suspect));
}

bool is_of_flow(const StageView& view, const store::Node& node) {
  const auto& ids = view.flow.node_ids();
  return std::find(ids.begin(), ids.end(), node.id()) != ids.end();
}

bool is_ready(const StageView& view, const store::Node& node, const store::Role& role) {
  const link::NodeStatus* const status = view.model.status_of(node);
  if (status == nullptr || !silence_of(view, node.host_id()).empty()) return false;
  const link::RoleStatus* const reported = role_in(*status, role.name());
  return reported != nullptr && reported->state() == link::RoleStatus::READY;
}

bool is_whole(const StageView& view, const store::Node& node) {
  return std::all_of(node.roles().begin(), node.roles().end(), [&](const store::Role& role) {
    return is_ready(view, node, role);
  });
}

// Leaves those that have something to give away.
void keep_serving_roles(const StageView& view, store::Node& node) {
  const store::Node before = node;
  node.clear_roles();
  for (const store::Role& role : before.roles()) {
    if (role.decommissioned() && is_ready(view, before, role)) *node.add_roles() = role;
  }
}

store::Failure vanished(const std::string& id) {
  store::Failure failure;
  failure.set_node(id);
  failure.set_what("node");
  failure.set_message(fmt::format("node {} of the plan has no row any more", id));
  return failure;
}

// What is stopped on purpose is no part of what a cluster has to be.
store::Node without_stopped(const store::Node& node) {
  store::Node seen = node;
  seen.clear_roles();
  for (const store::Role& role : node.roles())
    if (!role.stopped()) *seen.add_roles() = role;
  return seen;
}

}  // namespace

std::optional<store::Failure> find_role(const StageView& view,
                                        const store::Node& node,
                                        const store::Role& role,
                                        Findings& findings) {
  const link::NodeStatus* status = view.model.status_of(node);
  const link::RoleStatus* reported = status == nullptr ? nullptr : role_in(*status, role.name());
  const std::string name = fmt::format("{} on {}", role.name(), node.name());
  if (reported == nullptr || reported->state() == link::RoleStatus::HELD) {
    store::Failure suspect = about(view.model, node);
    suspect.set_role(role.name());
    const std::string why = reported == nullptr ? "" : cut_text(reported->not_ready(), 500);
    findings.add(Findings::Patience,
                 fmt::format("{}: {}", name, why.empty() ? "not started yet" : "held: " + why),
                 std::move(suspect));
    return std::nullopt;
  }
  if (reported->state() == link::RoleStatus::READY) return std::nullopt;
  store::Failure failure = failure_of(view.model, node, *reported);
  if (reported->restarts() >= kRestartLimit) {
    failure.set_message(fmt::format("{} ended {} times without becoming ready: {}",
                                    name,
                                    reported->restarts(),
                                    failure.message()));
    return failure;
  }
  const bool down = reported->state() == link::RoleStatus::DOWN;
  std::string line = fmt::format("{}: {}", name, failure.message());
  if (reported->log_size() > 0 && !down)  // its end has been told
    line += fmt::format(" | {}", cut_text(reported->log(reported->log_size() - 1), 200));
  findings.add(down ? Findings::Trouble : Findings::Patience, std::move(line), std::move(failure));
  return std::nullopt;
}

Outcome check_nodes_running(const StageView& view) {
  Findings findings;
  for (const std::string& id : view.flow.node_ids()) {
    const store::Node* node = view.model.node(id);
    if (node == nullptr) return Outcome::failed(vanished(id));
    if (std::optional<store::Failure> never = find_node(view, *node, findings))
      return Outcome::failed(*std::move(never));
  }
  return std::move(findings).outcome();
}

Outcome check_services_ready(const StageView& view) {
  Findings findings;
  const store::Cluster* cluster = view.model.cluster(view.flow.cluster_id());
  const bool serving = cluster->serving();
  for (const std::string& id : view.flow.node_ids()) {
    const store::Node* node = view.model.node(id);
    if (node == nullptr) return Outcome::failed(vanished(id));
    if (std::optional<store::Failure> never = find_node(view, *node, findings))
      return Outcome::failed(*std::move(never));
    if (!silence_of(view, node->host_id()).empty()) continue;  // what it said last may be long over
    for (const store::Role& role : node->roles()) {
      if (role.stopped() || role.maintenance() || (role.starts_last() && !serving)) continue;
      std::optional<store::Failure> never = find_role(view, *node, role, findings);
      if (never) return Outcome::failed(*std::move(never));
    }
  }
  // What others of the cluster lack is not this flow's to wait for.
  std::vector<store::Node> nodes;
  for (const auto& [order, node] : view.model.nodes_of(view.flow.cluster_id())) {
    if (node->removing()) continue;
    store::Node seen = without_stopped(*node);
    if (is_of_flow(view, seen) || is_whole(view, seen)) nodes.push_back(std::move(seen));
  }
  for (const Condition& condition : view.rules.complete(*cluster, nodes))
    find_condition(view, condition, "", findings);
  return std::move(findings).outcome();
}

Outcome check_nodes_drained(const StageView& view) {
  Findings findings;
  for (const store::Node& node : nodes_of_flow(view, [](store::Node&) {})) {
    for (const store::Role& role : node.roles()) {
      if (!role.holds_data() || is_ready(view, node, role)) continue;
      const std::string why =
          why_not_made_up_for(view.model, *view.model.cluster(node.cluster_id()));
      if (why.empty()) continue;
      store::Failure suspect = about(view.model, node);
      suspect.set_role(role.name());
      findings.add(Findings::Trouble,
                   fmt::format("{} on {} does not serve, and {}; start it, or cancel",
                               role.name(),
                               node.name(),
                               why),
                   std::move(suspect));
    }
  }
  if (Outcome serving = std::move(findings).outcome(); serving.kind != Outcome::Kind::Done)
    return serving;
  return check_serving_nodes_drained(view);
}

Outcome check_serving_nodes_drained(const StageView& view) {
  std::vector<store::Node> nodes;
  std::string whose;
  for (const auto& [order, node] : view.model.nodes_of(view.flow.cluster_id())) {
    if (node->removing()) continue;
    store::Node seen = *node;
    if (node->leaving()) keep_serving_roles(view, seen);
    if (seen.roles().empty()) continue;
    if (seen.leaving()) whose += (whose.empty() ? "" : ", ") + seen.name();
    nodes.push_back(std::move(seen));
  }
  if (whose.empty()) return Outcome::done();
  const store::Cluster& cluster = *view.model.cluster(view.flow.cluster_id());
  whose += ": ";
  whose += drain_text(cluster, drain_work(view.model, cluster.id()), view.blocks_per_second);
  if (Outcome updated = check_nodes_updated(view); updated.kind != Outcome::Kind::Done)
    return updated;
  Findings findings;
  for (const Condition& condition : view.rules.drained(cluster, nodes))
    find_condition(view, condition, whose, findings);
  return std::move(findings).outcome();
}

Outcome check_nodes_gone(const StageView& view) {
  Findings findings;
  for (const std::string& id : view.flow.node_ids()) {
    const store::Node* node = view.model.node(id);
    if (node == nullptr) continue;
    const std::string silence = silence_of(view, node->host_id());
    const link::NodeStatus* status = view.model.status_of(*node);
    if (!silence.empty()) {
      findings.add(
          Findings::Silence,
          fmt::format("{}: {}; it is removed when the host is back", node->name(), silence),
          about(view.model, *node));
    } else if (status != nullptr && !status->failure().message().empty()) {
      store::Failure failure = failure_of(view.model, *node, status->failure());
      std::string line = fmt::format("{}: its removal fails: {}", node->name(), failure.message());
      findings.add(Findings::Trouble, std::move(line), std::move(failure));
    } else {
      findings.add(
          Findings::Patience,
          fmt::format(
              "{}: host {} is removing it", node->name(), host_name(view.model, node->host_id())),
          about(view.model, *node));
    }
  }
  return std::move(findings).outcome();
}

Change nothing_more(const StageView&) {
  return {};
}

Change remove_nodes(const StageView& view) {
  Change change;
  for (const std::string& id : view.flow.node_ids()) {
    const store::Node* node = view.model.node(id);
    if (node == nullptr || node->removing()) continue;
    store::Node row = *node;
    row.set_removing(true);
    change.put(std::move(row));
  }
  return change;
}

Change drain_nodes(const StageView& view) {
  return update_nodes(view, nodes_of_flow(view, [](store::Node& node) { node.set_leaving(true); }));
}

std::vector<store::Node> nodes_of_flow(const StageView& view, void (*change)(store::Node& node)) {
  std::vector<store::Node> nodes;
  for (const std::string& id : view.flow.node_ids()) {
    const store::Node* const node = view.model.node(id);
    if (node == nullptr || node->removing()) continue;
    change(nodes.emplace_back(*node));
  }
  return nodes;
}

store::Failure about(const Model& model, const store::Node& node) {
  store::Failure failure;
  failure.set_host(host_name(model, node.host_id()));
  failure.set_node(shown(node));
  return failure;
}

std::string shown(const store::Node& node) {
  return fmt::format("{} ({})", node.name(), node.id());
}

std::string host_name(const Model& model, const std::string& host_id) {
  const store::Host* host = model.host(host_id);
  return host == nullptr || host->name().empty() ? host_id : host->name();
}

std::string silence_of(const StageView& view, const std::string& host_id) {
  const ObservedHost* host = view.model.observed(host_id);
  if (host != nullptr && host->connected) return {};
  const Time since = host != nullptr && host->heard
                         ? std::max(host->last_heard, view.server_started)
                         : view.server_started;
  return fmt::format("host {} has not been heard of for {} s",
                     host_name(view.model, host_id),
                     std::chrono::duration_cast<std::chrono::seconds>(view.now - since).count());
}

std::string fetching(const Model& model, const store::Node& node) {
  const ObservedHost* host = model.observed(node.host_id());
  if (host == nullptr) return {};
  const auto needed = [&](const std::string& digest) {
    return digest == node.image() ||
           std::any_of(node.mounts().begin(), node.mounts().end(), [&](const store::Mount& mount) {
             return mount.digest() == digest;
           });
  };
  // What cannot be had comes before what is under way.
  const link::ArtifactStatus* missing = nullptr;
  for (const link::ArtifactStatus& artifact : host->artifacts) {
    if (artifact.present() || !needed(artifact.digest())) continue;
    if (missing == nullptr || (missing->error().empty() && !artifact.error().empty()))
      missing = &artifact;
  }
  if (missing == nullptr) return {};
  const store::Bundle* bundle = model.bundle(missing->digest());
  const std::string name = bundle == nullptr
                               ? missing->digest()
                               : fmt::format("{}-{}", bundle->name(), bundle->version());
  if (!missing->error().empty())
    return fmt::format("cannot fetch {}: {}", name, cut_text(missing->error(), 500));
  constexpr double kMegabyte = 1e6;
  return fmt::format("fetched {:.1f} of {:.1f} MB of {}",
                     static_cast<double>(missing->bytes_done()) / kMegabyte,
                     bundle == nullptr ? 0.0 : static_cast<double>(bundle->size()) / kMegabyte,
                     name);
}

store::Failure failure_of(const Model& model,
                          const store::Node& node,
                          const link::Failure& reported) {
  store::Failure failure = about(model, node);
  failure.set_what(reported.what());
  failure.set_command(cut_text(reported.command(), 1000));
  failure.set_exit_code(reported.exit_code());
  std::string message = cut_text(reported.message(), 2000);
  if (message.empty()) message = reported.what().empty() ? "no reason was given" : "failed";
  failure.set_message(reported.what().empty() ? message
                                              : fmt::format("{}: {}", reported.what(), message));
  keep_log(failure, reported.log());
  return failure;
}

store::Failure failure_of(const Model& model,
                          const store::Node& node,
                          const link::RoleStatus& role) {
  store::Failure failure = about(model, node);
  failure.set_role(role.name());
  failure.set_what("role");
  failure.set_exit_code(role.last_exit_code());
  for (const store::Role& planned : node.roles()) {
    if (planned.name() != role.name()) continue;
    std::string command;
    for (const std::string& argument : planned.argv())
      command += (command.empty() ? "" : " ") + argument;
    failure.set_command(cut_text(command, 1000));
  }
  std::string message(word_of(role.state()));
  if (role.state() == link::RoleStatus::DOWN) message = end_text(role.last_exit_code(), role.log());
  if (!role.not_ready().empty()) message += ": " + cut_text(role.not_ready(), 500);
  failure.set_message(std::move(message));
  keep_log(failure, role.log());
  return failure;
}

}  // namespace tusker
