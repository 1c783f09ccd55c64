#include <algorithm>

#include "api/arena.h"
#include "api/errors.h"
#include "api/failure_info.h"
#include "api/find_cluster.h"
#include "api/flow_lookup.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "model/model.h"

namespace tusker::api::handlers {
namespace {

std::int64_t milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

std::string_view status_word(StageProgress::Status status) {
  switch (status) {
    case StageProgress::Status::NotStarted:
      return "NOT_STARTED";
    case StageProgress::Status::Running:
      return "RUNNING";
    case StageProgress::Status::Done:
      return "DONE";
    case StageProgress::Status::Failed:
      return "FAILED";
  }
  return "";
}

answer::FlowStage stage_of_flow(const StageProgress& stage, WallTime now, Arena& arena) {
  answer::FlowStage shown;
  shown.name = stage.name;
  shown.direction = stage.unwinding ? "UNWINDING" : "FORWARD";
  shown.status = status_word(stage.status);
  shown.start_time = arena.time(WallTime{stage.started_wall_ms});
  shown.end_time = arena.time(WallTime{stage.ended_wall_ms});
  if (stage.started_wall_ms != 0) {
    const std::int64_t end = stage.ended_wall_ms != 0 ? stage.ended_wall_ms : now.ms;
    shown.milliseconds = std::max<std::int64_t>(0, end - stage.started_wall_ms);
  }
  return shown;
}

answer::FlowNode node_of(const NodeProgress& node, Arena& arena) {
  answer::FlowNode shown;
  shown.resource_id = node.node_id;
  shown.name = node.name;
  shown.host_name = node.host;
  shown.state = node.state;
  shown.note = node.note;
  shown.roles = arena.each(node.roles, [](const RoleProgress& role) {
    return answer::FlowRole{.name = role.name,
                            .state = role.state,
                            .not_ready = role.not_ready,
                            .last_log = role.last_log,
                            .restarts = role.restarts};
  });
  return shown;
}

void fill_standing(const FlowProgress& flow, answer::FlowInfo& shown, Arena& arena) {
  if (flow.row.outcome() != store::Flow::UNFINISHED) return;
  shown.waiting_for = arena.texts(flow.standing.waiting_for);
  shown.blocked = flow.standing.blocked;
  shown.stage_milliseconds = milliseconds(flow.standing.in_stage);
  shown.stage_deadline_milliseconds = milliseconds(flow.standing.deadline);
  shown.nodes = arena.each(flow.nodes, [&](const auto& node) { return node_of(node, arena); });
}

// `flow` outlives the answer, which borrows from it.
answer::FlowInfo flow_info(const FlowProgress& flow,
                           const Model& model,
                           WallTime now,
                           Arena& arena) {
  const store::Flow& row = flow.row;
  answer::FlowInfo shown;
  shown.flow_id = row.id();
  shown.trace_id = row.trace_id();
  shown.kind = arena.copy(store::Flow::Kind__Name(row.kind()));
  shown.instance_id = row.cluster_id();
  if (const store::Cluster* cluster = model.cluster(row.cluster_id()))
    shown.instance_name = cluster->name();
  shown.stage = row.stage();
  shown.direction = row.direction() == store::Flow::UNWINDING ? "UNWINDING" : "FORWARD";
  shown.outcome = arena.copy(store::Flow::Outcome_Name(row.outcome()));
  shown.progress = flow.fraction;
  shown.start_time = arena.time(WallTime{row.started_wall_ms()});
  shown.end_time = arena.time(WallTime{row.ended_wall_ms()});
  shown.cancel_requested = row.cancel_requested();
  shown.resource_ids = arena.texts(row.node_ids());
  shown.stages =
      arena.each(flow.stages, [&](const auto& stage) { return stage_of_flow(stage, now, arena); });
  if (row.has_reason()) shown.failed_reason = failure_info(row.reason(), arena);
  fill_standing(flow, shown, arena);
  return shown;
}

Answer describe(const std::vector<FlowProgress>& flows, const Model& model, WallTime now) {
  answer::DescribeFlowsResponse response;
  Arena arena;
  response.flows =
      arena.each(flows, [&](const auto& flow) { return flow_info(flow, model, now, arena); });
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace

void describe_flows(const DescribeFlowsRequest& request, Call& call, AnswerCallback done) {
  FlowFilter filter{request.flow_id.value_or(0), {}, request.instance_id.value_or("")};
  if (!filter.cluster_id.empty()) {
    const auto cluster =
        find_cluster(call, filter.cluster_id, code::kResourceNotFound_ClusterNotFound);
    if (!cluster.ok()) return done(cluster.error());
  }
  const Model& model = call.services.model;
  const WallTime now = call.services.clock.wall();
  find_flows(call, filter, [&model, now, id = filter.flow_id, done = std::move(done)](auto flows) {
    if (!flows.ok()) return done(std::move(flows).error());
    if (id != 0 && flows->empty()) {
      return done(api_error(code::kResourceNotFound_FlowNotFound,
                            "there is no flow {}, or it is no longer kept",
                            id));
    }
    done(describe(*flows, model, now));
  });
}

}  // namespace tusker::api::handlers
