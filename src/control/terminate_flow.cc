// Terminates a cluster: all its nodes become undesired in the commit that starts the flow, and it
// ends when every host has confirmed that nothing of them is left. It goes forward only: a host
// that does not answer blocks it, and is named.
#include <array>

#include "control/flow_registry.h"
#include "control/node_checks.h"

namespace tusker {
namespace {

using namespace std::chrono_literals;

constexpr std::array<Stage, 1> kForward{{
    {"terminate-nodes", 5min, remove_nodes, check_nodes_gone},
}};

// Its first removal is in the commit that starts it.
std::string why_not_cancel(const Model& model, const store::Flow& flow) {
  std::size_t left = 0;
  for (const std::string& id : flow.node_ids()) left += model.node(id) != nullptr ? 1 : 0;
  return fmt::format(
      "the removal of its nodes has begun ({} of {} are gone) and their data cannot be brought "
      "back",
      static_cast<std::size_t>(flow.node_ids_size()) - left,
      flow.node_ids_size());
}

Change finish(const Model& model, const store::Flow& flow, WallTime wall) {
  store::Cluster cluster = *model.cluster(flow.cluster_id());
  cluster.set_flow_running(false);
  cluster.set_state(store::Cluster::TERMINATED);
  cluster.set_ended_wall_ms(wall.ms);
  store::Event event;
  event.set_wall_ms(wall.ms);
  event.set_kind("cluster.terminated");
  event.set_severity("info");
  event.set_cluster_id(cluster.id());
  event.set_flow_id(flow.id());
  event.set_actor("tusker");
  event.set_text(fmt::format("cluster {} is terminated, its data is gone", cluster.name()));
  Change change;
  change.append(event);
  change.put(std::move(cluster));
  return change;
}

}  // namespace

const FlowDefinition& FlowOf<store::Flow::TERMINATE>::definition() {
  static constexpr FlowDefinition kDefinition{
      store::Flow::TERMINATE, "terminate", kForward, {}, why_not_cancel, finish};
  return kDefinition;
}

}  // namespace tusker
