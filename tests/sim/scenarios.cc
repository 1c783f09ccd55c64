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

void create_and_run(World& world) {
  const Result<FlowId> created = world.create(2);
  world.run_until([&] { return world.cluster()->state() == store::Cluster::RUNNING; }, 10min);
  world.run_until_quiet();  // also on disk: a crash must not make it one that is being created
  world.forget_answer();
}

// Of the NameNode.
Trouble of_master(Kind kind) {
  Trouble trouble = of(kind);
  trouble.node = "master-1";
  trouble.role = "NameNode";
  return trouble;
}

Trouble of_new(Kind kind) {
  Trouble trouble = of(kind);
  trouble.node = "core-3";
  return trouble;
}

// While unwinding: the new node's DataNode serves, and its NodeManager never does.
Trouble when_half_serving(Kind kind) {
  Trouble trouble = of_new(kind);
  trouble.also_role_fails = true;
  return trouble;
}

// As many nodes as there should be, serving, none of them on its way out.
std::string wrong_size(World& world, std::size_t nodes) {
  if (world.cluster()->state() != store::Cluster::RUNNING) return "the cluster does not run";
  if (world.containers().size() != nodes)
    return fmt::format("{} containers", world.containers().size());
  for (const store::Node& node : world.rows()) {
    if (node.removing() || node.leaving() || node.prepared())
      return node.name() + " is neither in nor out";
  }
  for (const SimAgent::Node* node : world.containers()) {
    if (node->container_starts != 1) return "a container was started again";
    for (const link::RoleStatus& role : node->status.roles()) {
      if (role.state() != link::RoleStatus::READY) return "a role is not ready: " + role.name();
    }
  }
  return {};
}

std::string wrong_scale_out(World& world, const store::Flow& flow) {
  return wrong_size(world, flow.outcome() == store::Flow::DONE ? 4 : 3);
}

std::string wrong_scale_in(World& world, const store::Flow& flow) {
  return wrong_size(world, flow.outcome() == store::Flow::DONE ? 2 : 3);
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
  return {"terminate",
          create_and_run,
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

ScenarioFunctions Scenario<store::Flow::SCALE_OUT>::functions() {
  return {"scale out",
          create_and_run,
          [](World& world) { return world.scale_out(); },
          [] {
            return std::vector<StageTroubles>{
                {"update-nodes",
                 {of_master(Kind::ReloadFailsOnce)},
                 {of_master(Kind::ReloadFailsForEver), of_master(Kind::HostNeverThere)},
                 {}},
                {"start-nodes",
                 {of_new(Kind::NodeFailsOnce)},
                 {of_new(Kind::NodeFailsForEver), of_new(Kind::NodeFailsPermanently)},
                 {}},
                {"start-services",
                 {of_new(Kind::RoleEndsOnce)},
                 {of_new(Kind::RoleEndsForEver), of_new(Kind::RoleNeverReady)},
                 {}},
                {"drain-nodes",
                 {},
                 {when_half_serving(Kind::None), when_half_serving(Kind::DrainNeverEnds)},
                 "only after a failure for ever"},
                {"remove-nodes",
                 {},
                 {when_half_serving(Kind::RemovalFailsOnce),
                  when_half_serving(Kind::RemovalFailsForEver)},
                 "only after a failure for ever"},
                {"restore-nodes",
                 {},
                 {of_master(Kind::ReloadFailsForEver)},
                 "only after a failure for ever"},
            };
          },
          wrong_scale_out};
}

ScenarioFunctions Scenario<store::Flow::SCALE_IN>::functions() {
  return {"scale in",
          create_and_run,
          [](World& world) { return world.scale_in("core-2"); },
          [] {
            return std::vector<StageTroubles>{
                {"drain-nodes",
                 {of_master(Kind::ReloadFailsOnce)},
                 {of(Kind::DrainNeverEnds), of_master(Kind::HostNeverThere)},
                 {}},
                {"remove-nodes", {of(Kind::RemovalFailsOnce)}, {of(Kind::RemovalFailsForEver)}, {}},
                {"update-nodes", {of_master(Kind::ReloadFailsOnce)}, {}, "see recommission-nodes"},
                {"recommission-nodes",
                 {},
                 {of_master(Kind::ReloadFailsForEver)},
                 "only after a failure for ever"},
            };
          },
          wrong_scale_in};
}

}  // namespace tusker::sim
