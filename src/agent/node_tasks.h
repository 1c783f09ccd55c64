#pragma once

#include <string>
#include <vector>

#include "agent/host_layout.h"
#include "agent/image_users.h"
#include "agent/services.h"
#include "base/clock.h"
#include "base/result.h"
#include "proto/link.pb.h"

namespace tusker {

// Where a node's tasks keep `start`, `notes` and `exit`, on the host: on its first disk, so that an
// end outlives the container. In the node it is /run/tusker/tasks. Their logs are beside those of
// roles, as task-ID, and stay as long.
std::string tasks_folder(const NodeLayout& node, const link::Node& desired);
// It is there, before the container is: FailedPrecondition if the node has put a link on the way to
// it.
Status make_tasks_folder(const NodeLayout& node, const link::Node& desired);

// What is known of tasks that run before roles is of the container that is gone: forgotten, so that
// they run again.
Status forget_tasks_before_roles(const NodeLayout& node, const link::Node& desired);

// Every desired task that has not begun is started once, as a service of the node; one that was
// interrupted only if it is idempotent. What is kept of tasks that are not desired any more goes.
// The container runs. Idempotent.
Status start_tasks(const NodeLayout& node,
                   const link::Node& desired,
                   const ImageUsers& users,
                   const OomRange& oom);

// One look at a task.
link::TaskStatus read_task(const NodeLayout& node,
                           const link::Node& desired,
                           const link::Task& task,
                           WallTime now);

// Which of the tasks that run before roles keeps these from starting, and how far it is; empty if
// none does. `seen` are read_task()'s of the node's tasks, in their order.
std::string what_holds_roles(const link::Node& desired, const std::vector<link::TaskStatus>& seen);

// The task has used up its time, or shall end: it gets TERM, and after its stop_grace_ms KILL; its
// state becomes TIMED_OUT. Idempotent.
void end_task(const NodeLayout& node, const link::Node& desired, const link::Task& task);

}  // namespace tusker
