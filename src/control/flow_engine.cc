#include "control/flow_engine.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"
#include "control/flow_registry.h"
#include "control/node_checks.h"

namespace tusker {
namespace {

using store::Flow;

store::Event asked(
    const Actor& actor, const char* kind, const Flow& flow, std::string text, WallTime wall) {
  store::Event event;
  event.set_wall_ms(wall.ms);
  event.set_kind(kind);
  event.set_severity("info");
  event.set_cluster_id(flow.cluster_id());
  event.set_flow_id(flow.id());
  event.set_actor(actor.who);
  event.set_source(actor.source);
  event.set_text(std::move(text));
  return event;
}

Error unknown_flow(FlowId id) {
  return Error::make(
      ErrorCode::NotFound, "no flow {}: see DescribeFlows for those of a cluster", id);
}

// When its stage may go on, or give up, though nothing is reported.
std::vector<Time> turns_of(const StageView& view) {
  const Stage& stage = stage_of(definition_of(view.flow.kind()), view.flow);
  std::vector<Time> turns{view.entered + deadline_of(stage, view.flow)};
  if (stage.turns_after != nullptr) turns.push_back(view.entered + stage.turns_after(view.flow));
  return turns;
}

}  // namespace

FlowEngine::FlowEngine(
    const Model& model, Journal& journal, const Clock& clock, ClusterRules rules, Log log)
    : model_(model),
      journal_(journal),
      clock_(clock),
      rules_(std::move(rules)),
      log_(std::move(log)) {}

void FlowEngine::start() {
  started_ = clock_.now();
  for (const std::int64_t id : model_.unfinished_flows()) {
    log_.info("flow.resumed", {{"flow", id}, {"stage", model_.flow(FlowId{id})->stage()}});
  }
}

StageView FlowEngine::view_of(const Flow& flow) const {
  const auto waiting = waiting_.find(flow.id());
  const bool known = waiting != waiting_.end() && waiting->second.stage == flow.stage();
  return {model_,
          flow,
          clock_.now(),
          known ? waiting->second.entered : started_,
          started_,
          clock_.wall(),
          rules_,
          known ? waiting->second.left.per_second() : std::nullopt};
}

void FlowEngine::advance(const std::set<std::string>& clusters) {
  for (const std::string& id : clusters) {
    if (const Flow* flow = model_.running_flow(id)) advance_one(FlowId{flow->id()});
  }
}

void FlowEngine::advance_one(FlowId id) {
  while (const Flow* flow = model_.flow(id)) {
    if (flow->outcome() != Flow::UNFINISHED) return;
    const FlowDefinition& definition = definition_of(flow->kind());
    note_work(*flow);
    std::optional<Change> change = advance_flow(definition, view_of(*flow));
    if (!change) {
      tell_if_blocked(definition, *flow);
      return;
    }
    const Flow before = *flow;
    journal_.commit(*std::move(change));
    note_step(before);
  }
}

void FlowEngine::note_work(const Flow& flow) {
  if (flow.stage() != kDrainNodes) return;
  const auto blocks = drain_work(model_, flow.cluster_id()).blocks;
  const auto waiting = waiting_.find(flow.id());
  if (blocks && waiting != waiting_.end()) waiting->second.left.saw(clock_.now(), *blocks);
}

void FlowEngine::note_step(const Flow& before) {
  const Flow& after = *model_.flow(FlowId{before.id()});
  const Log log = log_.with({{"flow", after.id()}, {"cluster", after.cluster_id()}});
  const Duration took = clock_.now() - view_of(before).entered;
  if (after.outcome() != Flow::UNFINISHED) {
    waiting_.erase(after.id());
    log.info("flow.ended",
             {{"outcome", Flow::Outcome_Name(after.outcome())},
              {"stage", before.stage()},
              {"took", took},
              {"reason", after.reason().message()}});
    return;
  }
  waiting_[after.id()] = {after.stage(), clock_.now(), false, {}};
  if (before.direction() != after.direction()) {
    log.warn("flow.unwinding", {{"stage", before.stage()}, {"reason", after.reason().message()}});
  } else {
    log.info("flow.stage.done",
             {{"stage", before.stage()}, {"took", took}, {"next", after.stage()}});
  }
}

void FlowEngine::tell_if_blocked(const FlowDefinition& definition, const Flow& flow) {
  const StageView view = view_of(flow);
  if (view.now - view.entered < deadline_of(stage_of(definition, flow), flow)) return;
  const Standing standing = standing_of(definition, view);
  if (!standing.blocked) return;
  Waiting& waiting =
      waiting_.try_emplace(flow.id(), Waiting{flow.stage(), started_, false, {}}).first->second;
  if (std::exchange(waiting.told_blocked, true)) return;
  const std::string on =
      standing.waiting_for.empty() ? "nothing that is known" : standing.waiting_for.front();
  log_.warn("flow.blocked", {{"flow", flow.id()}, {"stage", flow.stage()}, {"waits_for", on}});
  Change change;
  store::Event event = asked({},
                             "flow.blocked",
                             flow,
                             fmt::format("stage {} is past its deadline: {}", flow.stage(), on),
                             clock_.wall());
  event.set_severity("warn");
  change.append(event);
  journal_.commit(std::move(change));
}

std::set<std::string> FlowEngine::overdue() const {
  std::set<std::string> clusters;
  for (const std::int64_t id : model_.unfinished_flows()) {
    const Flow& flow = *model_.flow(FlowId{id});
    const StageView view = view_of(flow);
    for (const Time at : turns_of(view)) {
      if (at <= view.now) clusters.insert(flow.cluster_id());
    }
  }
  return clusters;
}

std::optional<Time> FlowEngine::next_deadline() const {
  std::optional<Time> next;
  for (const std::int64_t id : model_.unfinished_flows()) {
    const Flow& flow = *model_.flow(FlowId{id});
    const StageView view = view_of(flow);
    for (const Time at : turns_of(view)) {
      if (at > view.now && (!next || at < *next)) next = at;
    }
  }
  return next;
}

Result<FlowId> FlowEngine::start_flow(
    Flow::Kind_ kind, store::Cluster cluster, FlowPlan plan, Change change, const Actor& actor) {
  TK_TRY_VOID(why_busy(cluster.id()));
  const FlowDefinition& definition = definition_of(kind);
  const FlowKeys keys = next(cluster);
  store::Installation installation = model_.installation();
  installation.set_last_flow_id(static_cast<std::int64_t>(keys.id));
  installation.set_last_cluster_number(
      std::max(installation.last_cluster_number(), cluster.number()));
  Flow row;
  row.set_id(installation.last_flow_id());
  row.set_kind(kind);
  row.set_cluster_id(cluster.id());
  for (std::string& id : plan.node_ids) row.add_node_ids(std::move(id));
  if (plan.operation) *row.mutable_operation() = *std::move(plan.operation);
  if (plan.restoration) *row.mutable_restoration() = *std::move(plan.restoration);
  for (const auto& [stage, deadline] : plan.deadlines)
    (*row.mutable_deadline_ms())[stage] =
        static_cast<std::uint32_t>(deadline / std::chrono::milliseconds(1));
  const WallTime wall = clock_.wall();
  row.set_trace_id(keys.trace_id);
  change.append(asked(actor,
                      "flow.started",
                      row,
                      fmt::format("{} of cluster {}", definition.name, cluster.name()),
                      wall));
  // The flow before is in history; only a cluster's last one stays in memory.
  if (model_.flow(FlowId{cluster.flow_id()}) != nullptr)
    change.remove(store::FLOW, std::to_string(cluster.flow_id()));
  cluster.set_flow_id(row.id());
  cluster.set_flow_running(true);
  if (plan.job) {
    installation.set_last_job_id(static_cast<std::int64_t>(next_job()));
    plan.job->set_id(installation.last_job_id());
    plan.job->set_started_wall_ms(wall.ms);
    change.put(*std::move(plan.job));
  }
  change.put(std::move(installation));
  change.put(std::move(cluster));
  const Flow& seen = row;
  change.merge(begin_flow(
      definition, row, {model_, seen, clock_.now(), clock_.now(), started_, wall, rules_}));
  const FlowId id{row.id()};
  journal_.commit(std::move(change));
  waiting_[row.id()] = {model_.flow(id)->stage(), clock_.now(), false, {}};
  log_.info("flow.started",
            {{"flow", id}, {"kind", definition.name}, {"cluster", row.cluster_id()}});
  return id;
}

FlowKeys FlowEngine::next(const store::Cluster& cluster) const {
  const FlowId id{model_.installation().last_flow_id() + 1};
  // The public form of a trace: seconds, and two numbers that together never come again.
  return {id, fmt::format("{}-{}-{}", clock_.wall().ms / 1000, cluster.number(), id)};
}

JobId FlowEngine::next_job() const {
  return JobId{model_.installation().last_job_id() + 1};
}

Status FlowEngine::why_busy(std::string_view cluster_id) const {
  const Flow* flow = model_.running_flow(cluster_id);
  if (flow == nullptr) return ok_status();
  const FlowDefinition& definition = definition_of(flow->kind());
  const bool cancellable =
      flow->direction() == Flow::FORWARD && definition.why_not_cancel(model_, *flow).empty();
  return Error::make(
             ErrorCode::Busy,
             "flow {} ({}, stage {}{}) runs on cluster {}; wait for its end{}",
             flow->id(),
             definition.name,
             flow->stage(),
             flow->direction() == Flow::UNWINDING ? ", being taken back" : "",
             cluster_id,
             cancellable ? fmt::format(", or end it with: tusker flow cancel {}", flow->id()) : "")
      .with_api_code("ResourceInUse.InstanceInProcess");
}

Status FlowEngine::cancel(FlowId id, const Actor& actor) {
  const Flow* flow = model_.flow(id);
  if (flow == nullptr) return unknown_flow(id);
  const FlowDefinition& definition = definition_of(flow->kind());
  if (flow->outcome() != Flow::UNFINISHED) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "flow {} has ended ({}); there is nothing to cancel",
                       id,
                       Flow::Outcome_Name(flow->outcome()));
  }
  if (flow->direction() == Flow::UNWINDING) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "flow {} is being taken back already: {}",
                       id,
                       flow->reason().message());
  }
  if (const std::string why = definition.why_not_cancel(model_, *flow); !why.empty()) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "flow {} ({}) cannot be cancelled any more: {}",
                       id,
                       definition.name,
                       why);
  }
  store::Failure reason;
  reason.set_what("cancel");
  reason.set_message(fmt::format("cancelled by {} in stage {}", actor.who, flow->stage()));
  Flow row = *flow;
  row.set_cancel_requested(true);
  StageView view = view_of(*flow);
  Change change = unwind_flow(definition,
                              {model_, row, view.now, view.entered, started_, view.wall, rules_},
                              std::move(reason));
  change.append(asked(
      actor, "flow.cancelled", row, fmt::format("{} is cancelled", definition.name), view.wall));
  const Flow before = *flow;
  journal_.commit(std::move(change));
  note_step(before);
  return ok_status();
}

Status FlowEngine::change_deadline(FlowId id,
                                   std::string_view stage,
                                   Duration deadline,
                                   const Actor& actor) {
  const Flow* flow = model_.flow(id);
  if (flow == nullptr) return unknown_flow(id);
  if (flow->outcome() != Flow::UNFINISHED) {
    return Error::make(
        ErrorCode::FailedPrecondition, "flow {} has ended; its deadlines no longer matter", id);
  }
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(deadline).count();
  if (ms <= 0 || ms > std::chrono::milliseconds(std::chrono::hours(24 * 30)).count()) {
    return Error::make(ErrorCode::InvalidArgument,
                       "a deadline is more than 0 and at most 30 days, found {} ms",
                       ms);
  }
  const FlowDefinition& definition = definition_of(flow->kind());
  std::string names;
  bool known = false;
  for (const std::span<const Stage> stages : {definition.forward, definition.unwinding}) {
    for (const Stage& one : stages) {
      names += (names.empty() ? "" : ", ") + std::string(one.name);
      known = known || one.name == stage;
    }
  }
  if (!known) {
    return Error::make(ErrorCode::InvalidArgument,
                       "{} has no stage \"{}\"; it has {}",
                       definition.name,
                       cut_text(stage, 40),
                       names);
  }
  Flow row = *flow;
  (*row.mutable_deadline_ms())[std::string(stage)] = static_cast<std::uint32_t>(ms);
  Change change;
  change.append(asked(actor,
                      "flow.deadline",
                      row,
                      fmt::format("stage {} has {} ms now", stage, ms),
                      clock_.wall()));
  change.put(std::move(row));
  journal_.commit(std::move(change));
  return ok_status();
}

Result<FlowProgress> FlowEngine::progress(FlowId id) const {
  const Flow* flow = model_.flow(id);
  if (flow == nullptr) return unknown_flow(id);
  return progress_of(definition_of(flow->kind()), view_of(*flow));
}

}  // namespace tusker
