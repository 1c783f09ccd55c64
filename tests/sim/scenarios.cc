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

Trouble of_script(Kind kind, const char* task, const char* node = "core-2") {
  Trouble trouble = of(kind);
  trouble.node = node;
  trouble.role = task;
  return trouble;
}

// Of the stages in which scripts run, of `node`.
std::vector<StageTroubles> troubles_of_scripts(const char* node) {
  const auto of_task = [node](const char* stage, const char* task) {
    return StageTroubles{
        stage,
        {},
        {of_script(Kind::ScriptFails, task, node), of_script(Kind::ScriptNeverEnds, task, node)},
        "a script that failed is not run again"};
  };
  return {of_task("run-scripts", "bootstrap-before"),
          of_task("run-last-scripts", "bootstrap-after")};
}

std::vector<StageTroubles> together(std::vector<StageTroubles> some,
                                    std::vector<StageTroubles> others) {
  for (StageTroubles& one : others) some.push_back(std::move(one));
  return some;
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

void create_and_run(World& world) {
  const Result<FlowId> created = world.create(2);
  world.run_until([&] { return world.cluster()->state() == store::Cluster::RUNNING; }, 10min);
  world.run_until_quiet();  // also on disk: a crash must not make it one that is being created
  world.forget_answer();
}

void create_and_copy(World& world) {
  create_and_run(world);
  const Result<std::uint64_t> asked =
      world.controller().want_metadata_copy(ClusterId(world.cluster()->id()), {});
  world.run_until([&] { return !world.cluster()->metadata_copies().empty(); }, 10min);
  world.run_until_quiet();
}

namespace {

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
    if (node.runs_last_scripts()) return node.name() + " is still to run its scripts";
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

template <store::RoleOperation::Verb verb>
bool is_verb(const store::Flow& flow) {
  return flow.operation().verb() == verb;
}

void create_and_stop(World& world) {
  create_and_run(world);
  const Result<FlowId> stopped = world.operate(store::RoleOperation::STOP, 0);
  TK_CHECK(stopped.ok(), "stop");
  world.run_until([&] { return world.cluster()->stopped(); }, 10min);
  world.run_until_quiet();
  world.forget_answer();
}

// All roles in this state, the nodes as they were, and no flow holds the cluster.
std::string wrong_roles(World& world, link::RoleStatus::State wanted) {
  if (world.cluster()->state() != store::Cluster::RUNNING || world.cluster()->flow_running())
    return "the cluster does not run, or is busy";
  const bool stopped = wanted == link::RoleStatus::STOPPED;
  if (world.cluster()->stopped() != stopped) return "the cluster's row is wrong about its roles";
  for (const SimAgent::Node* node : world.containers()) {
    if (node->container_starts != 1) return "a container was started again";
    for (const link::RoleStatus& role : node->status.roles()) {
      if (role.state() != wanted)
        return fmt::format("{} is {}", role.name(), link::RoleStatus::State_Name(role.state()));
    }
  }
  return {};
}

std::string wrong_if_stopped(World& world) {
  for (const store::Node& node : world.rows()) {
    for (const store::Role& role : node.roles())
      if (role.stopped()) return role.name() + " is still to be stopped";
  }
  return {};
}

// One that is taken back wants all of them again; a host that is away will hear of it.
std::string wrong_stop(World& world, const store::Flow& flow) {
  if (flow.outcome() == store::Flow::DONE) return wrong_roles(world, link::RoleStatus::STOPPED);
  if (world.cluster()->flow_running() || world.cluster()->stopped())
    return "the cluster's row is wrong about its roles";
  if (std::string wrong = wrong_if_stopped(world); !wrong.empty()) return wrong;
  return world.trouble.kind == Trouble::Kind::None ? wrong_roles(world, link::RoleStatus::READY)
                                                   : "";
}

// One that failed, or was cancelled, leaves what it began.
std::string wrong_start(World& world, const store::Flow& flow) {
  if (flow.outcome() == store::Flow::DONE) return wrong_roles(world, link::RoleStatus::READY);
  return world.cluster()->flow_running() ? "the cluster is busy" : "";
}

std::string wrong_restart(World& world, const store::Flow& flow) {
  if (std::string wrong = wrong_start(world, flow); !wrong.empty()) return wrong;
  if (flow.outcome() != store::Flow::DONE) return {};
  for (const SimAgent::Node* node : world.containers()) {
    for (const link::RoleStatus& role : node->status.roles()) {
      if (role.restart_serial() != 1)
        return fmt::format("{} was restarted {} times", role.name(), role.restart_serial());
    }
  }
  return {};
}

std::vector<StageTroubles> troubles_of_start() {
  return {{"operate-roles",
           {of(Kind::RoleEndsOnce)},
           {of(Kind::RoleEndsForEver), of(Kind::RoleNeverReady), of(Kind::HostNeverThere)},
           {}},
          {"keep-roles", {}, {}, "nobody has to confirm it"}};
}

// However it ends, the NameNode is wanted.
std::string wrong_restore(World& world, const store::Flow& flow) {
  if (world.cluster()->flow_running()) return "the cluster is busy";
  if (std::string wrong = wrong_if_stopped(world); !wrong.empty()) return wrong;
  if (flow.outcome() != store::Flow::DONE) return {};
  return flow.restoration().placed() ? wrong_roles(world, link::RoleStatus::READY)
                                     : "it is done, and nothing was put in place";
}

}  // namespace

ScenarioFunctions Scenario<store::Flow::CREATE>::functions() {
  return {
      "create",
      [](World&) {},
      [](World& world) { return world.create(2); },
      [] {
        return together(
            troubles_of_scripts("core-2"),
            {
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
            });
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
            return together(
                troubles_of_scripts("core-3"),
                {
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
                });
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

ScenarioFunctions Scenario<store::Flow::SERVICES>::functions() {
  return {"services",
          create_and_run,
          [](World& world) { return world.operate(store::RoleOperation::RESTART, 1); },
          troubles_of_start,
          wrong_restart,
          "restart",
          is_verb<store::RoleOperation::RESTART>};
}

ScenarioFunctions Scenario<store::Flow::RESTORE>::functions() {
  return {"restore",
          create_and_copy,
          [](World& world) { return world.restore(); },
          [] {
            return std::vector<StageTroubles>{
                {"stop-role", {}, {of_master(Kind::StopNeverEnds)}, "a process ends or does not"},
                {"set-aside", {}, {of(Kind::NeverSetAside)}, "as put-copy"},
                {"put-copy",
                 {},
                 {of(Kind::CopyNeverThere), of(Kind::CopyDamaged)},
                 "whoever carries it tries again"},
                {"start-role",
                 {of_master(Kind::RoleEndsOnce)},
                 {of_master(Kind::RoleEndsForEver), of_master(Kind::RoleNeverReady)},
                 {}},
                {"accept-copy", {}, {of(Kind::CopyNeverAccepted)}, "as put-copy"},
                {"start-services", {}, {of(Kind::FactNeverRight)}, "the others were not stopped"},
                {"keep-role", {}, {}, "nobody has to confirm it"}};
          },
          wrong_restore};
}

std::vector<ScenarioFunctions> more_scenarios() {
  return {{"services",
           create_and_run,
           [](World& world) { return world.operate(store::RoleOperation::STOP, 0); },
           [] {
             return std::vector<StageTroubles>{{"operate-roles",
                                                {},
                                                {of(Kind::StopNeverEnds), of(Kind::HostNeverThere)},
                                                "a process ends or does not"},
                                               {"keep-roles", {}, {}, "nobody has to confirm it"}};
           },
           wrong_stop,
           "stop",
           is_verb<store::RoleOperation::STOP>},
          {"services",
           create_and_stop,
           [](World& world) { return world.operate(store::RoleOperation::START, 0); },
           troubles_of_start,
           wrong_start,
           "start",
           is_verb<store::RoleOperation::START>}};
}

}  // namespace tusker::sim
