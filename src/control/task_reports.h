#pragma once

#include <string>
#include <string_view>

#include "model/model.h"
#include "proto/link.pb.h"

namespace tusker {

// What agents report of tasks. Pure.

// Null: its node does not report it.
const link::TaskStatus* task_in(const Model& model, const store::Node& node, std::string_view id);

// A task that ended badly: node and host, its exit code, its last lines, and of them the one that
// says best why; "it ended with exit code 3: no such file". `what` and `command` are left to the
// caller, and the message of one that was interrupted.
store::Failure failure_of_task(const Model& model,
                               const store::Node& node,
                               const link::TaskStatus& task);

}  // namespace tusker
