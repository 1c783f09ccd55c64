// Puts a copy of a service's metadata in place of what it has. The role is stopped, and those that
// make something of its metadata, which is set aside: it would come back with the edits that
// follow. Its node takes the copy, the role starts from it, and is told to serve though others know
// more. What fails or is cancelled before the copy is in place leaves what the role had; afterwards
// the copy stays. What was set aside stays so.
#include <array>

#include "control/findings.h"
#include "control/flow_registry.h"
#include "control/metadata.h"
#include "control/node_checks.h"
#include "control/role_operations.h"

namespace tusker {
namespace {

using namespace std::chrono_literals;

Change nothing(const StageView&) {
  return {};
}

Outcome check_nothing(const StageView&) {
  return Outcome::done();
}

const std::string& role_of(const StageView& view) {
  return view.flow.operation().items(0).role();
}

// Null when its host was forgotten meanwhile.
const store::Node* node_of(const StageView& view) {
  return view.model.node(view.flow.operation().items(0).node_id());
}

Outcome node_is_gone(const StageView& view) {
  store::Failure failure;
  failure.set_role(role_of(view));
  failure.set_message(fmt::format("the node of {} is gone with its host", role_of(view)));
  return Outcome::failed(std::move(failure));
}

// What the server does with the copy, and tells here.
Outcome check_carried(const StageView& view, bool carried, std::string_view what) {
  const store::Node* const node = node_of(view);
  if (node == nullptr) return node_is_gone(view);
  if (carried) return Outcome::done();
  store::Failure suspect = about(view.model, *node);
  suspect.set_role(role_of(view));
  const store::Restoration& restoration = view.flow.restoration();
  if (!restoration.failure().empty()) {
    suspect.set_message(restoration.failure());
    return Outcome::failed(std::move(suspect));
  }
  return Outcome::waiting({fmt::format("{}: {}", node->name(), what)}, std::move(suspect));
}

Outcome check_set_aside(const StageView& view) {
  return check_carried(view,
                       view.flow.restoration().set_aside(),
                       "what others made of its metadata is being set aside");
}

Outcome check_placed(const StageView& view) {
  const store::Restoration& restoration = view.flow.restoration();
  return check_carried(
      view,
      restoration.placed(),
      fmt::format("copy {} is on its way to its disk", restoration.copy().number()));
}

Outcome check_role(const StageView& view) {
  const store::Node* const node = node_of(view);
  if (node == nullptr) return node_is_gone(view);
  Findings findings;
  for (const store::Role& role : node->roles()) {
    if (role.name() != role_of(view)) continue;
    if (std::optional<store::Failure> never = find_role(view, *node, role, findings))
      return Outcome::failed(*std::move(never));
  }
  return std::move(findings).outcome();
}

Outcome check_accepted(const StageView& view) {
  return check_carried(view,
                       view.flow.restoration().accepted(),
                       fmt::format("{} looks at what the others hold", role_of(view)));
}

constexpr std::array<Stage, 6> kForward{{
    {"stop-role", 5min, order_batch, check_batch},
    {kSetAside, 5min, nothing, check_set_aside},
    {kPutCopy, 30min, nothing, check_placed},
    {"start-role", 10min, keep_roles, check_role},
    {kAcceptCopy, 10min, nothing, check_accepted},
    {"start-services", 10min, nothing, check_services_ready},
}};
constexpr std::array<Stage, 1> kUnwinding{{
    {"keep-role", 1min, keep_roles, check_nothing},
}};

std::string why_not_cancel(const Model&, const store::Flow&) {
  return {};
}

Change finish(const Model& model, const store::Flow& flow, WallTime wall) {
  store::Cluster cluster = *model.cluster(flow.cluster_id());
  cluster.set_flow_running(false);
  const bool good = flow.outcome() == store::Flow::DONE;
  const store::Restoration& restoration = flow.restoration();
  store::Event event;
  event.set_wall_ms(wall.ms);
  event.set_kind(good ? "cluster.restored" : "cluster.restore_failed");
  event.set_severity(good ? "info" : "error");
  event.set_cluster_id(cluster.id());
  event.set_flow_id(flow.id());
  event.set_actor("tusker");
  event.set_text(fmt::format("cluster {}: {} {} copy {}{}",
                             cluster.name(),
                             flow.operation().items(0).role(),
                             restoration.placed() ? "has" : "was not given",
                             restoration.copy().number(),
                             good ? "" : ": " + flow.reason().message()));
  Change change;
  change.append(event);
  change.put(std::move(cluster));
  return change;
}

}  // namespace

const FlowDefinition& FlowOf<store::Flow::RESTORE>::definition() {
  static constexpr FlowDefinition kDefinition{
      store::Flow::RESTORE, "restore", kForward, kUnwinding, why_not_cancel, finish};
  return kDefinition;
}

}  // namespace tusker
