// Creates a cluster: its plan is recorded with the flow, then its nodes come up, then its services,
// those that nothing waits for last. Scripts of the user's run before and after the services.
// Whatever fails, and a cancel, takes all of it back: the cluster ends with status 301 and the
// reason.
#include <array>

#include "control/bootstrap.h"
#include "control/flow_registry.h"
#include "control/node_checks.h"

namespace tusker {
namespace {

using namespace std::chrono_literals;

// The plan's rows were recorded in the commit that started the flow: nothing is left to wait for.
Outcome check_reserved(const StageView&) {
  return Outcome::done();
}

// Services are whole: what was held back for them may start.
Change begin_serving(const StageView& view) {
  store::Cluster cluster = *view.model.cluster(view.flow.cluster_id());
  cluster.set_serving(true);
  Change change;
  change.put(std::move(cluster));
  return change;
}

// The first start of a host fetches some hundred megabytes; a small machine starts its daemons one
// after the other.
constexpr std::array<Stage, 6> kForward{{
    {"reserve", 1min, nothing_more, check_reserved},
    {"start-nodes", 15min, nothing_more, check_nodes_running},
    {"run-scripts", 20min, nothing_more, check_scripts_run},
    {"start-services", 10min, nothing_more, check_services_ready},
    {"start-remaining-services", 10min, begin_serving, check_services_ready},
    {"run-last-scripts", 20min, run_last_scripts, check_last_scripts_run},
}};
constexpr std::array<Stage, 1> kUnwinding{{
    {"remove-nodes", 5min, remove_nodes, check_nodes_gone},
}};

std::string why_not_cancel(const Model&, const store::Flow&) {
  return {};
}

store::Event event_of(const store::Cluster& cluster, const store::Flow& flow, WallTime wall) {
  const bool good = flow.outcome() == store::Flow::DONE;
  store::Event event;
  event.set_wall_ms(wall.ms);
  event.set_kind(good ? "cluster.created" : "cluster.create_failed");
  event.set_severity(good ? "info" : "error");
  event.set_cluster_id(cluster.id());
  event.set_flow_id(flow.id());
  event.set_actor("tusker");
  event.set_text(
      good
          ? fmt::format("cluster {} is running", cluster.name())
          : fmt::format("cluster {} was not created: {}", cluster.name(), flow.reason().message()));
  return event;
}

Change finish(const Model& model, const store::Flow& flow, WallTime wall) {
  store::Cluster cluster = *model.cluster(flow.cluster_id());
  cluster.set_flow_running(false);
  if (flow.outcome() == store::Flow::DONE) {
    cluster.set_state(store::Cluster::RUNNING);
    cluster.set_running_since_wall_ms(wall.ms);
  } else {
    cluster.set_state(store::Cluster::CREATE_FAILED);
    cluster.set_ended_wall_ms(wall.ms);
    *cluster.mutable_failure() = flow.reason();
  }
  Change change;
  if (flow.outcome() == store::Flow::DONE) end_last_scripts(model, flow, change);
  change.append(event_of(cluster, flow, wall));
  change.put(std::move(cluster));
  return change;
}

}  // namespace

const FlowDefinition& FlowOf<store::Flow::CREATE>::definition() {
  static constexpr FlowDefinition kDefinition{
      store::Flow::CREATE, "create", kForward, kUnwinding, why_not_cancel, finish};
  return kDefinition;
}

}  // namespace tusker
