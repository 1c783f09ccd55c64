// Adds nodes to a running cluster: first those that are there get to know of them, HDFS and YARN
// let them in, then they are made and their services start. Whatever fails, and a cancel, takes
// them out again; what HDFS wrote to them moves to others before.
#include <array>

#include "control/bootstrap.h"
#include "control/flow_registry.h"
#include "control/node_checks.h"
#include "control/node_updates.h"
#include "control/scale_events.h"

namespace tusker {
namespace {

using namespace std::chrono_literals;

// Their hosts are told of them.
Change make_nodes(const StageView& view) {
  Change change;
  for (store::Node& node : nodes_of_flow(view, [](store::Node& one) { one.set_prepared(false); }))
    change.put(std::move(node));
  return change;
}

// The rows of the new nodes, and the others' files that name them, are in the commit that starts
// the flow.
constexpr std::array<Stage, 5> kForward{{
    {"update-nodes", 2min, nothing_more, check_nodes_updated},
    {"start-nodes", 15min, make_nodes, check_nodes_running},
    {"run-scripts", 20min, nothing_more, check_scripts_run},
    {"start-services", 10min, nothing_more, check_services_ready},
    {"run-last-scripts", 20min, run_last_scripts, check_last_scripts_run},
}};
constexpr std::array<Stage, 3> kUnwinding{{
    {kDrainNodes, 30min, drain_nodes, check_serving_nodes_drained},
    {"remove-nodes", 5min, remove_nodes, check_nodes_gone},
    {"restore-nodes", 2min, forget_nodes, check_nodes_informed},
}};

std::string why_not_cancel(const Model&, const store::Flow&) {
  return {};
}

Change finish(const Model& model, const store::Flow& flow, WallTime wall) {
  const bool good = flow.outcome() == store::Flow::DONE;
  Change change = scaled(model,
                         flow,
                         wall,
                         good ? fmt::format("has {} more nodes", flow.node_ids_size())
                              : fmt::format("did not grow: {}", flow.reason().message()));
  if (good) end_last_scripts(model, flow, change);
  return change;
}

}  // namespace

const FlowDefinition& FlowOf<store::Flow::SCALE_OUT>::definition() {
  static constexpr FlowDefinition kDefinition{
      store::Flow::SCALE_OUT, "scale out", kForward, kUnwinding, why_not_cancel, finish};
  return kDefinition;
}

}  // namespace tusker
