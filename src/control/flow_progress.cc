#include "control/flow_progress.h"

#include <algorithm>

#include "control/node_checks.h"
#include "control/reported.h"

namespace tusker {
namespace {

using store::Flow;

RoleProgress role_progress(const store::Role& planned, const link::NodeStatus* node) {
  RoleProgress progress;
  progress.name = planned.name();
  const link::RoleStatus* role = node == nullptr ? nullptr : role_in(*node, planned.name());
  progress.state = role == nullptr ? "unknown" : word_of(role->state());
  if (role == nullptr) return progress;
  progress.not_ready = role->not_ready();
  progress.restarts = role->restarts();
  if (role->log_size() > 0) progress.last_log = role->log(role->log_size() - 1);
  return progress;
}

StageProgress recorded(const Flow& flow, int index) {
  const store::StageRecord& record = flow.stages(index);
  const bool last = index + 1 == flow.stages_size();
  const bool turned = !last && record.direction() != flow.stages(index + 1).direction();
  StageProgress progress;
  progress.name = record.name();
  progress.unwinding = record.direction() == store::StageRecord::UNWINDING;
  progress.started_wall_ms = record.started_wall_ms();
  progress.ended_wall_ms = record.ended_wall_ms();
  progress.status = turned                                       ? StageProgress::Status::Failed
                    : last && flow.outcome() == Flow::UNFINISHED ? StageProgress::Status::Running
                                                                 : StageProgress::Status::Done;
  return progress;
}

}  // namespace

std::vector<NodeProgress> node_progress(const Model& model, const Flow& flow) {
  std::vector<NodeProgress> nodes;
  for (const std::string& id : flow.node_ids()) {
    const store::Node* node = model.node(id);
    if (node == nullptr) continue;
    const link::NodeStatus* status = model.status_of(*node);
    NodeProgress progress;
    progress.node_id = id;
    progress.name = node->name();
    progress.host = host_name(model, node->host_id());
    progress.state = status == nullptr ? "unknown" : word_of(status->state());
    progress.note = fetching(model, *node);
    if (progress.note.empty() && status != nullptr) progress.note = status->failure().message();
    for (const store::Role& role : node->roles())
      progress.roles.push_back(role_progress(role, status));
    nodes.push_back(std::move(progress));
  }
  return nodes;
}

FlowProgress progress_of(const FlowDefinition& definition, const StageView& view) {
  const Flow& flow = view.flow;
  FlowProgress progress;
  progress.row = flow;
  progress.kind = definition.name;
  for (int i = 0; i < flow.stages_size(); ++i) progress.stages.push_back(recorded(flow, i));
  if (flow.outcome() == Flow::UNFINISHED) {
    const std::span<const Stage> stages = stages_of(definition, flow);
    const Stage* present = &stage_of(definition, flow);
    const auto done = static_cast<std::size_t>(present - stages.data());
    for (const Stage& later : stages.subspan(done + 1)) {
      StageProgress waiting;
      waiting.name = later.name;
      waiting.unwinding = flow.direction() == Flow::UNWINDING;
      progress.stages.push_back(std::move(waiting));
    }
    progress.fraction = static_cast<double>(done) / static_cast<double>(stages.size());
    progress.standing = standing_of(definition, view);
    progress.nodes = node_progress(view.model, flow);
  } else {
    progress.fraction = 1;
  }
  return progress;
}

}  // namespace tusker
