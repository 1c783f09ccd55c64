#include <charconv>

#include "api/arena.h"
#include "api/errors.h"
#include "api/failure_text.h"
#include "api/find_cluster.h"
#include "api/flow_lookup.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "base/encoding.h"

namespace tusker::api::handlers {
namespace {

// FlowTotalStatus (docs/reference/semantics.md 2.9). Only 1, 2 and -1 are ever shown: Terraform
// takes any other for a fault.
std::int64_t total_status(const store::Flow& flow) {
  switch (flow.outcome()) {
    case store::Flow::UNFINISHED:
      return 1;
    case store::Flow::DONE:
      return 2;
    default:
      return -1;
  }
}

std::int64_t stage_status(StageProgress::Status status) {
  switch (status) {
    case StageProgress::Status::NotStarted:
      return 0;
    case StageProgress::Status::Running:
      return 1;
    case StageProgress::Status::Done:
      return 2;
    case StageProgress::Status::Failed:
      return -1;
  }
  return 0;
}

// "start-services" -> "Start services".
std::string title_of(std::string_view stage) {
  std::string title(stage);
  for (char& c : title) {
    if (c == '-' || c == '_') c = ' ';
  }
  if (!title.empty() && title[0] >= 'a' && title[0] <= 'z')
    title[0] = static_cast<char>(title[0] - 32);
  return title;
}

// "create" -> "Create Cluster".
std::string name_of(const FlowProgress& flow) {
  return title_of(flow.kind) + " Cluster";
}

std::string taken(const StageProgress& stage, WallTime now) {
  if (stage.started_wall_ms == 0) return "";
  const std::int64_t end = stage.ended_wall_ms != 0 ? stage.ended_wall_ms : now.ms;
  return fmt::format("takes {}s", std::max<std::int64_t>(0, end - stage.started_wall_ms) / 1000);
}

List<answer::StageInfoDetail> stages_of(const FlowProgress& flow, WallTime now, Arena& arena) {
  std::int64_t count = 0;
  return arena.each(flow.stages, [&](const StageProgress& stage) {
    answer::StageInfoDetail detail;
    detail.stage = stage.name;
    detail.name = arena.copy(title_of(stage.name));
    detail.language_key = stage.name;
    detail.is_show = true;
    detail.status = stage_status(stage.status);
    detail.progress = stage.status == StageProgress::Status::Done ? 1 : 0;
    detail.starttime = arena.time(WallTime{stage.started_wall_ms});
    detail.endtime = arena.time(WallTime{stage.ended_wall_ms});
    detail.time_consuming = arena.copy(taken(stage, now));
    detail.id = ++count;
    if (stage.status == StageProgress::Status::Failed) {
      detail.failed_reason = arena.copy(failure_text(flow.row.reason()));
    }
    return detail;
  });
}

answer::FlowExtraDetail node_of(const NodeProgress& node, Arena& arena) {
  const auto lines = arena.list<answer::FlowParamsDesc>(1 + node.roles.size());
  auto line = lines.begin();
  *line++ = {.p_key = "Node", .p_value = node.state};
  for (const RoleProgress& role : node.roles) {
    const std::string_view why = role.not_ready.empty() ? "" : ": ";
    *line++ = {.p_key = role.name,
               .p_value = arena.format(FMT_COMPILE("{}{}{}"), role.state, why, role.not_ready)};
  }
  return {.title = node.name, .detail = lines};
}

// What it is about, and what it waits for.
List<answer::FlowParamsDesc> description_of(const FlowProgress& flow, Arena& arena) {
  const auto lines = arena.list<answer::FlowParamsDesc>(1 + flow.standing.waiting_for.size());
  auto line = lines.begin();
  *line++ = {.p_key = "ClusterId", .p_value = flow.row.cluster_id()};
  for (const std::string& waited : flow.standing.waiting_for)
    *line++ = {.p_key = "WaitingFor", .p_value = waited};
  return lines;
}

Answer describe(const FlowProgress& flow, bool extra, WallTime now) {
  answer::DescribeClusterFlowStatusDetailResponse response;
  Arena arena;
  response.flow_name = arena.copy(name_of(flow));
  response.flow_total_status = total_status(flow.row);
  response.flow_total_progress = flow.row.outcome() == store::Flow::DONE ? 1 : flow.fraction;
  response.stage_details = stages_of(flow, now, arena);
  response.flow_desc = description_of(flow, arena);
  if (flow.row.has_reason()) response.flow_info = arena.copy(failure_text(flow.row.reason()));
  if (extra) {
    response.flow_extra_detail =
        arena.each(flow.nodes, [&](const auto& node) { return node_of(node, arena); });
  }
  Answer answer;
  encode(response, answer.text);
  return answer;
}

Result<FlowFilter> read_filter(const DescribeClusterFlowStatusDetailRequest& request) {
  FlowFilter filter;
  filter.cluster_id = request.instance_id;
  const std::string& value = request.flow_param.f_value;
  if (request.flow_param.f_key == "TraceId") {
    filter.trace_id = value;
  } else {
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), filter.flow_id);
    if (error != std::errc() || end != value.data() + value.size()) filter.flow_id = 0;
  }
  if (filter.flow_id <= 0 && filter.trace_id.empty()) {
    return api_error(code::kInvalidParameterValue,
                     "FlowParam.FValue is \"{}\"; expected the {} of a flow",
                     cut_text(value, 64),
                     request.flow_param.f_key);
  }
  return filter;
}

}  // namespace

void describe_cluster_flow_status_detail(const DescribeClusterFlowStatusDetailRequest& request,
                                         Call& call,
                                         AnswerCallback done) {
  Result<FlowFilter> filter = read_filter(request);
  if (!filter.ok()) return done(std::move(filter).error());
  const Result<const store::Cluster*> cluster =
      find_cluster(call, request.instance_id, code::kResourceNotFound_ClusterNotFound);
  if (!cluster.ok()) return done(cluster.error());
  const bool extra = request.need_extra_detail.value_or(false);
  const WallTime now = call.services.clock.wall();
  find_flows(call, *filter, [extra, now, wanted = *filter, done = std::move(done)](auto flows) {
    if (!flows.ok()) return done(std::move(flows).error());
    if (flows->empty()) {
      return done(api_error(code::kFailedOperation,
                            "cluster {} has no flow with {} {}",
                            wanted.cluster_id,
                            wanted.trace_id.empty() ? "FlowId" : "TraceId",
                            wanted.trace_id.empty() ? std::to_string(wanted.flow_id)
                                                    : cut_text(wanted.trace_id, 64)));
    }
    done(describe(flows->front(), extra, now));
  });
}

}  // namespace tusker::api::handlers
