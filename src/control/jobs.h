#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/model.h"
#include "proto/link.pb.h"
#include "store/change.h"

namespace tusker {

// Jobs of users: steps that run one after another as tasks of a cluster's first master. As with
// flows the row is the state; unlike a flow a job has no deadline, is not the cluster's operation,
// and several run at once. Pure.

// How far a job comes without new facts: one step, or nothing. The Change has its new row and all
// that belongs to it. `job` has not finished.
std::optional<Change> advance_job(const Model& model, const store::Job& job, WallTime wall);

// Its cluster is to be terminated, and nobody has begun to.
bool wants_termination(const Model& model, const store::Job& job);

// What of a cluster's jobs runs on this node.
std::vector<link::Task> tasks_of(const Model& model, const store::Node& node);

// Of a job's step, from 1: its name among a node's tasks, and what its log is called there.
std::string task_id(const store::Job& job, int step);
std::string log_of_step(const store::Job& job, int step);

}  // namespace tusker
