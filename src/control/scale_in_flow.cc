// Takes nodes out of a running cluster: HDFS and YARN decommission them, and when they hold nothing
// any more that others do not have, they are removed and forgotten.
// Until the first removal a failure, a deadline or a cancel takes them back into service.
#include <array>

#include "control/flow_registry.h"
#include "control/node_checks.h"
#include "control/node_updates.h"
#include "control/scale_events.h"

namespace tusker {
namespace {

using namespace std::chrono_literals;

Change take_back(const StageView& view) {
  return update_nodes(view,
                      nodes_of_flow(view, [](store::Node& node) { node.set_leaving(false); }));
}

constexpr std::array<Stage, 3> kForward{{
    {kDrainNodes, 4h, drain_nodes, check_nodes_drained},
    {"remove-nodes", 5min, remove_nodes, check_nodes_gone, true},
    {"update-nodes", 2min, forget_nodes, check_nodes_informed, true},
}};
constexpr std::array<Stage, 1> kUnwinding{{
    {"recommission-nodes", 2min, take_back, check_nodes_informed},
}};

std::string why_not_cancel(const Model&, const store::Flow& flow) {
  if (flow.stage() == kDrainNodes) return {};
  return "its nodes are empty and are being removed; scale out to get new ones";
}

Change finish(const Model& model, const store::Flow& flow, WallTime wall) {
  const bool good = flow.outcome() == store::Flow::DONE;
  return scaled(model,
                flow,
                wall,
                good ? fmt::format("has {} nodes less", flow.node_ids_size())
                     : fmt::format("keeps its nodes: {}", flow.reason().message()));
}

}  // namespace

const FlowDefinition& FlowOf<store::Flow::SCALE_IN>::definition() {
  static constexpr FlowDefinition kDefinition{
      store::Flow::SCALE_IN, "scale in", kForward, kUnwinding, why_not_cancel, finish};
  return kDefinition;
}

}  // namespace tusker
