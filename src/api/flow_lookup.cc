#include "api/flow_lookup.h"

#include <algorithm>

#include "api/errors.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "control/controller.h"
#include "control/flow_registry.h"
#include "store/store.h"

namespace tusker::api {
namespace {

constexpr std::uint32_t kMostOfHistory = 200;

bool fits(const FlowFilter& filter, const store::Flow& flow) {
  return (filter.flow_id == 0 || flow.id() == filter.flow_id) &&
         (filter.trace_id.empty() || flow.trace_id() == filter.trace_id) &&
         (filter.cluster_id.empty() || flow.cluster_id() == filter.cluster_id);
}

std::vector<FlowProgress> flows_in_memory(const Call& call, const FlowFilter& filter) {
  std::vector<FlowProgress> found;
  for (const auto& [id, flow] : call.services.model.flows()) {
    if (!fits(filter, flow) || !may_see(call.services.model, call.caller, flow.cluster_id()))
      continue;
    Result<FlowProgress> progress = call.services.controller.flow_progress(FlowId{id});
    if (progress.ok()) found.push_back(*std::move(progress));
  }
  return found;
}

// What the row of an ended flow tells by itself.
FlowProgress from_row(store::Flow row) {
  FlowProgress progress;
  progress.kind = definition_of(row.kind()).name;
  const bool failed = row.outcome() != store::Flow::DONE;
  for (int i = 0; i < row.stages_size(); ++i) {
    const store::StageRecord& record = row.stages(i);
    // A flow that turned round did so because the last forward stage failed.
    const bool unwinding = record.direction() == store::StageRecord::UNWINDING;
    const bool last_forward =
        !unwinding && (i + 1 == row.stages_size() ||
                       row.stages(i + 1).direction() == store::StageRecord::UNWINDING);
    progress.stages.push_back(
        {record.name(),
         unwinding,
         failed && last_forward ? StageProgress::Status::Failed : StageProgress::Status::Done,
         record.started_wall_ms(),
         record.ended_wall_ms()});
  }
  progress.fraction = failed ? 0 : 1;
  progress.row = std::move(row);
  return progress;
}

Result<std::vector<FlowProgress>> add_history(std::vector<FlowProgress> found,
                                              const std::vector<HistoryRow>& rows,
                                              const Model& model,
                                              const Caller& caller,
                                              const FlowFilter& filter) {
  for (const HistoryRow& row : rows) {
    store::Flow flow;
    if (!flow.ParseFromString(row.entry.bytes)) {
      return Error::make(ErrorCode::Corrupt, "history row {} is no flow", row.sequence);
    }
    const auto known = [&](const FlowProgress& progress) { return progress.row.id() == flow.id(); };
    if (!fits(filter, flow) || !may_see(model, caller, flow.cluster_id()) ||
        std::ranges::any_of(found, known))
      continue;
    found.push_back(from_row(std::move(flow)));
  }
  std::ranges::sort(
      found, std::greater<>(), [](const FlowProgress& progress) { return progress.row.id(); });
  return found;
}

}  // namespace

void find_flows(const Call& call, const FlowFilter& filter, FlowsCallback done) {
  std::vector<FlowProgress> found = flows_in_memory(call, filter);
  const bool one_wanted = filter.flow_id != 0 || !filter.trace_id.empty();
  if (one_wanted && !found.empty()) return done(std::move(found));

  HistoryQuery query;
  query.topic = HistoryTopic::EndedFlow;
  query.cluster_id = filter.cluster_id;
  query.flow_id = filter.flow_id;
  query.limit = kMostOfHistory;
  const Model& model = call.services.model;
  call.services.store.read_history(
      query,
      [&model, caller = call.caller, filter, found = std::move(found), done = std::move(done)](
          Result<std::vector<HistoryRow>> rows) mutable {
        if (!rows.ok()) return done(std::move(rows).error());
        done(add_history(std::move(found), *rows, model, caller, filter));
      });
}

Result<const store::Flow*> find_running_flow(Call& call, std::int64_t id) {
  const store::Flow* const flow = call.services.model.flow(FlowId{id});
  if (flow == nullptr || !may_see(call.services.model, call.caller, flow->cluster_id())) {
    return api_error(code::kResourceNotFound_FlowNotFound,
                     "no flow {} runs; DescribeFlows tells how it ended",
                     id);
  }
  call.cluster_id = flow->cluster_id();
  return flow;
}

}  // namespace tusker::api
