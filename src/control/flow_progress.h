#pragma once

#include <string>
#include <vector>

#include "control/flow.h"

namespace tusker {

// What one role of one node is doing, as last reported.
struct RoleProgress {
  std::string name;
  std::string state;      // "held", "starting", "ready", "down", "stopped", "unknown"
  std::string not_ready;  // which condition does not hold yet
  std::string last_log;   // its last line, if it has one
  std::uint32_t restarts = 0;
};

struct NodeProgress {
  std::string node_id;
  std::string name;
  std::string host;   // its label
  std::string state;  // "creating", "running", "removing", "failed", "lost", "unknown"
  std::string note;   // bytes of an artifact still being fetched, or why it is unknown
  std::vector<RoleProgress> roles;
};

struct StageProgress {
  enum class Status { NotStarted, Running, Done, Failed };
  std::string name;
  bool unwinding = false;
  Status status = Status::NotStarted;
  std::int64_t started_wall_ms = 0;
  std::int64_t ended_wall_ms = 0;
};

// Everything that a person wants to know of a flow: of one that runs from the model, of an ended
// one from its row.
struct FlowProgress {
  store::Flow row;
  std::string kind;  // "create"
  std::vector<StageProgress> stages;
  double fraction = 0;  // 0 to 1: the share of its stages that are done
  Standing standing;    // of a running one
  std::vector<NodeProgress> nodes;
};

FlowProgress progress_of(const FlowDefinition& definition, const StageView& view);

// The nodes of a cluster that a flow works on, with their roles.
std::vector<NodeProgress> node_progress(const Model& model, const store::Flow& flow);

}  // namespace tusker
