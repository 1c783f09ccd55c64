#include "sim/scenarios.h"

#include <algorithm>

namespace tusker::sim {
namespace {

using namespace std::chrono_literals;
using Kind = Trouble::Kind;

Trouble of(Kind kind) {
  Trouble trouble;
  trouble.kind = kind;
  return trouble;
}

// To the role that starts last.
Trouble of_last(Kind kind) {
  Trouble trouble = of(kind);
  trouble.node = "master-1";
  trouble.role = "JobHistoryServer";
  return trouble;
}

// While unwinding: core-1 never comes up, and on top of it something is wrong with the removal of
// core-2.
Trouble while_unwinding(Kind kind) {
  Trouble trouble = of(kind);
  trouble.also_node_fails = true;
  return trouble;
}

std::string wrong_if_left(World& world) {
  if (!world.containers().empty())
    return fmt::format("{} containers are left", world.containers().size());
  if (!world.model().nodes_of(world.cluster()->id()).empty()) return "rows of nodes are left";
  if (!world.model().files().empty()) return "rows of files are left";
  return {};
}

std::string wrong_create(World& world, const store::Flow& flow) {
  if (flow.outcome() != store::Flow::DONE) {
    if (world.cluster()->state() != store::Cluster::CREATE_FAILED)
      return "the flow failed, and its cluster did not";
    return wrong_if_left(world);
  }
  if (world.cluster()->state() != store::Cluster::RUNNING)
    return "the flow is done, and its cluster does not run";
  if (world.containers().size() != 3)
    return fmt::format("{} containers", world.containers().size());
  const std::vector<const SimAgent::Node*> nodes = world.containers();
  for (const SimAgent::Node* node : nodes) {
    if (node->container_starts != 1) return "a container was started again";
    for (const link::RoleStatus& role : node->status.roles()) {
      if (role.state() != link::RoleStatus::READY) return "a role is not ready: " + role.name();
    }
  }
  return {};
}

std::string wrong_terminate(World& world, const store::Flow& flow) {
  if (flow.outcome() != store::Flow::DONE) return "a terminate ends done";
  if (world.cluster()->state() != store::Cluster::TERMINATED)
    return "the cluster is not terminated";
  return wrong_if_left(world);
}

}  // namespace

ScenarioFunctions Scenario<store::Flow::CREATE>::functions() {
  return {"create",
          [](World&) {},
          [](World& world) { return world.create(2); },
          [] {
            return std::vector<StageTroubles>{
                {"reserve", {}, {}, "its rows are in the commit that starts the flow"},
                {"start-nodes",
                 {of(Kind::NodeFailsOnce)},
                 {of(Kind::NodeFailsForEver), of(Kind::NodeFailsPermanently)},
                 {}},
                {"start-services",
                 {of(Kind::RoleEndsOnce)},
                 {of(Kind::RoleEndsForEver), of(Kind::RoleNeverReady), of(Kind::FactNeverRight)},
                 {}},
                {"start-remaining-services",
                 {of_last(Kind::RoleEndsOnce)},
                 {of_last(Kind::RoleEndsForEver), of_last(Kind::RoleNeverReady)},
                 {}},
                {"remove-nodes",
                 {while_unwinding(Kind::RemovalFailsOnce)},
                 {while_unwinding(Kind::RemovalFailsForEver), of(Kind::HostNeverThere)},
                 {}},
            };
          },
          wrong_create};
}

ScenarioFunctions Scenario<store::Flow::TERMINATE>::functions() {
  return {
      "terminate",
      [](World& world) {
        const Result<FlowId> created = world.create(2);
        world.run_until([&] { return world.cluster()->state() == store::Cluster::RUNNING; }, 10min);
        world
            .run_until_quiet();  // also on disk: a crash must not make it one that is being created
        world.forget_answer();
      },
      [](World& world) { return world.terminate(); },
      [] {
        return std::vector<StageTroubles>{
            {"terminate-nodes",
             {of(Kind::RemovalFailsOnce)},
             {of(Kind::RemovalFailsForEver), of(Kind::HostNeverThere)},
             {}},
        };
      },
      wrong_terminate};
}

}  // namespace tusker::sim
