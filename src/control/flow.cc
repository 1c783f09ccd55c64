#include "control/flow.h"

#include <algorithm>
#include <utility>

#include "plan/replicas.h"

namespace tusker {
namespace {

using store::Flow;

void begin_record(Flow& flow, const Stage& stage, WallTime wall) {
  flow.set_stage(std::string(stage.name));
  store::StageRecord& record = *flow.add_stages();
  record.set_name(std::string(stage.name));
  record.set_started_wall_ms(wall.ms);
  record.set_direction(flow.direction() == Flow::FORWARD ? store::StageRecord::FORWARD
                                                         : store::StageRecord::UNWINDING);
}

void end_record(Flow& flow, WallTime wall) {
  if (flow.stages_size() > 0)
    flow.mutable_stages(flow.stages_size() - 1)->set_ended_wall_ms(wall.ms);
}

store::Event event_of(
    const Flow& flow, const char* kind, const char* severity, std::string text, WallTime wall) {
  store::Event event;
  event.set_wall_ms(wall.ms);
  event.set_kind(kind);
  event.set_severity(severity);
  event.set_cluster_id(flow.cluster_id());
  event.set_flow_id(flow.id());
  event.set_text(std::move(text));
  event.set_actor("tusker");
  return event;
}

StageView with_flow(const StageView& view, const Flow& flow) {
  return {view.model, flow, view.now, view.now, view.server_started, view.wall, view.rules};
}

// The stage's name and what it makes desired, in one Change.
Change enter(const Stage& stage, Flow row, const StageView& view) {
  begin_record(row, stage, view.wall);
  Change change = stage.enter(with_flow(view, row));
  change.put(std::move(row));
  return change;
}

// The row itself stays as it is: one stage, however often it is entered.
Change again(const Stage& stage, const StageView& view) {
  Change change = stage.enter(with_flow(view, view.flow));
  change.put(Flow(view.flow));
  return change;
}

Change finish(const FlowDefinition& definition, Flow row, const StageView& view) {
  if (row.direction() == Flow::FORWARD) {
    row.set_outcome(Flow::DONE);
  } else {
    row.set_outcome(row.cancel_requested() ? Flow::CANCELLED : Flow::FAILED);
  }
  row.set_ended_wall_ms(view.wall.ms);
  Change change = definition.finish(view.model, row, view.wall);
  const bool good = row.outcome() == Flow::DONE;
  change.append(event_of(row,
                         good ? "flow.done" : "flow.failed",
                         good ? "info" : "error",
                         good
                             ? fmt::format("{} done", definition.name)
                             : fmt::format("{} ended: {}", definition.name, row.reason().message()),
                         view.wall));
  change.append_ended(row);
  change.put(std::move(row));
  return change;
}

Change next_stage(const FlowDefinition& definition, const StageView& view) {
  const std::span<const Stage> stages = stages_of(definition, view.flow);
  const Stage& stage = stage_of(definition, view.flow);
  if (stage.repeats != nullptr && stage.repeats(view)) return again(stage, view);
  Flow row = view.flow;
  end_record(row, view.wall);
  const auto present = static_cast<std::size_t>(&stage - stages.data());
  if (present + 1 == stages.size()) return finish(definition, std::move(row), view);
  return enter(stages[present + 1], std::move(row), view);
}

store::Failure deadline_reason(const Stage& stage, const StageView& view, Outcome outcome) {
  store::Failure reason = std::move(outcome.reason);
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(deadline_of(stage, view.flow)).count();
  std::string first = outcome.waiting_for.empty() ? "" : outcome.waiting_for.front();
  if (outcome.waiting_for.size() > 1)
    first += fmt::format(" (and {} more)", outcome.waiting_for.size() - 1);
  const std::string found = reason.message().empty() ? first : reason.message();
  reason.set_message(
      fmt::format("stage {} was not done within {} s: {}", stage.name, seconds, found));
  if (reason.what().empty()) reason.set_what("deadline");
  return reason;
}

bool never_gives_up(const FlowDefinition& definition, const Flow& flow) {
  return flow.direction() == Flow::UNWINDING || definition.unwinding.empty() ||
         stage_of(definition, flow).committed;
}

}  // namespace

ClusterRules rules_of(const Definitions& definitions) {
  return {[&definitions](const auto& cluster, const auto& nodes) {
            return complete_conditions(definitions, cluster, nodes);
          },
          [&definitions](const auto& cluster, const auto& nodes) {
            return drained_conditions(definitions, cluster, nodes);
          },
          [&definitions](const auto& cluster, const auto& nodes) {
            return idle_conditions(definitions, cluster, nodes);
          },
          [&definitions](const auto& cluster, const auto& nodes) {
            return metadata_holders(definitions, cluster, nodes);
          },
          [&definitions](const auto& cluster, const auto& nodes) {
            return replicas_of(definitions, cluster, nodes);
          },
          [&definitions](
              const auto& cluster, const auto& nodes, const auto& hosts, const auto& bundles) {
            return render_cluster(definitions, cluster, nodes, hosts, bundles);
          }};
}

std::span<const Stage> stages_of(const FlowDefinition& definition, const Flow& flow) {
  return flow.direction() == Flow::FORWARD ? definition.forward : definition.unwinding;
}

const Stage& stage_of(const FlowDefinition& definition, const Flow& flow) {
  const std::span<const Stage> stages = stages_of(definition, flow);
  const auto found = std::find_if(
      stages.begin(), stages.end(), [&](const Stage& stage) { return stage.name == flow.stage(); });
  TK_CHECK(found != stages.end(),
           "flow {}: {} has no stage \"{}\"; a newer version may have written it",
           flow.id(),
           definition.name,
           flow.stage());
  return *found;
}

Duration deadline_of(const Stage& stage, const Flow& flow) {
  const auto own = flow.deadline_ms().find(std::string(stage.name));
  return own == flow.deadline_ms().end() ? stage.deadline
                                         : Duration(std::chrono::milliseconds(own->second));
}

Change begin_flow(const FlowDefinition& definition, Flow row, const StageView& view) {
  row.set_kind(definition.kind);
  row.set_started_wall_ms(view.wall.ms);
  return enter(definition.forward.front(), std::move(row), view);
}

std::optional<Change> advance_flow(const FlowDefinition& definition, const StageView& view) {
  const Stage& stage = stage_of(definition, view.flow);
  Outcome outcome = stage.check(view);
  if (outcome.kind == Outcome::Kind::Done) return next_stage(definition, view);
  if (never_gives_up(definition, view.flow)) return std::nullopt;
  if (outcome.kind == Outcome::Kind::Failed)
    return unwind_flow(definition, view, std::move(outcome.reason));
  if (view.now - view.entered < deadline_of(stage, view.flow)) return std::nullopt;
  return unwind_flow(definition, view, deadline_reason(stage, view, std::move(outcome)));
}

Change unwind_flow(const FlowDefinition& definition, const StageView& view, store::Failure reason) {
  TK_CHECK(view.flow.direction() == Flow::FORWARD && !definition.unwinding.empty(),
           "flow {} cannot be unwound",
           view.flow.id());
  Flow row = view.flow;
  end_record(row, view.wall);
  reason.set_stage(row.stage());
  row.set_direction(Flow::UNWINDING);
  *row.mutable_reason() = std::move(reason);
  const store::Event event =
      event_of(row,
               "flow.unwinding",
               "error",
               fmt::format("{} is taken back: {}", definition.name, row.reason().message()),
               view.wall);
  Change change = enter(definition.unwinding.front(), std::move(row), view);
  change.append(event);
  return change;
}

Standing standing_of(const FlowDefinition& definition, const StageView& view) {
  Standing standing;
  if (view.flow.outcome() != Flow::UNFINISHED) return standing;
  const Stage& stage = stage_of(definition, view.flow);
  standing.waiting_for = stage.check(view).waiting_for;
  standing.in_stage = view.now - view.entered;
  standing.deadline = deadline_of(stage, view.flow);
  standing.blocked =
      never_gives_up(definition, view.flow) && standing.in_stage >= standing.deadline;
  return standing;
}

}  // namespace tusker
