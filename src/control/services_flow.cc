// Starts, stops or restarts roles, in batches. A stop that does not come to its end in time, and
// one that is cancelled, is taken back; a start or a restart leaves the roles as they are then, and
// says which of them are not ready.
#include <algorithm>
#include <array>

#include "control/flow_registry.h"
#include "control/node_checks.h"
#include "control/role_operations.h"

namespace tusker {
namespace {

using namespace std::chrono_literals;

Outcome check_nothing(const StageView&) {
  return Outcome::done();
}

constexpr std::array<Stage, 1> kForward{{
    {.name = "operate-roles",
     .deadline = 10min,
     .enter = order_batch,
     .check = check_batch,
     .repeats = has_batch_left,
     .turns_after = pause_of},
}};
constexpr std::array<Stage, 1> kUnwinding{{
    {"keep-roles", 1min, keep_roles, check_nothing},
}};

std::string why_not_cancel(const Model&, const store::Flow&) {
  return {};
}

bool all_stopped(const Model& model, const std::string& cluster_id) {
  const auto& nodes = model.nodes_of(cluster_id);
  return std::all_of(nodes.begin(), nodes.end(), [](const auto& entry) {
    const auto& roles = entry.second->roles();
    return std::all_of(
        roles.begin(), roles.end(), [](const store::Role& role) { return role.stopped(); });
  });
}

std::string text_of(const Model& model, const store::Flow& flow) {
  const store::RoleOperation& operation = flow.operation();
  if (flow.outcome() != store::Flow::DONE) {
    return fmt::format("{} of {} roles: {}",
                       word_of(operation.verb()),
                       operation.items_size(),
                       flow.reason().message());
  }
  const std::vector<std::string> behind = left_behind(model, operation);
  std::string done =
      fmt::format("{} of {} roles is done", word_of(operation.verb()), operation.items_size());
  if (behind.empty()) return done;
  return fmt::format("{}; not as wanted: {}", done, fmt::join(behind, ", "));
}

Change finish(const Model& model, const store::Flow& flow, WallTime wall) {
  store::Cluster cluster = *model.cluster(flow.cluster_id());
  cluster.set_flow_running(false);
  cluster.set_stopped(all_stopped(model, cluster.id()));
  const bool good = flow.outcome() == store::Flow::DONE;
  store::Event event;
  event.set_wall_ms(wall.ms);
  event.set_kind(good ? "cluster.services" : "cluster.services_failed");
  event.set_severity(good ? "info" : "error");
  event.set_cluster_id(cluster.id());
  event.set_flow_id(flow.id());
  event.set_actor("tusker");
  event.set_text(fmt::format("cluster {}: {}", cluster.name(), text_of(model, flow)));
  Change change;
  change.append(event);
  change.put(std::move(cluster));
  return change;
}

}  // namespace

const FlowDefinition& FlowOf<store::Flow::SERVICES>::definition() {
  static constexpr FlowDefinition kDefinition{
      store::Flow::SERVICES, "services", kForward, kUnwinding, why_not_cancel, finish};
  return kDefinition;
}

}  // namespace tusker
