#pragma once

#include <string>
#include <vector>

#include "control/flow.h"
#include "proto/link.pb.h"

namespace tusker {

// Bootstrap scripts, run by each node as one task for those that come before its services and one
// for those that come after. The first that fails ends its task, and with it the flow that makes
// the node.
//
// Those before run in each life of the node's container, since what they change outside /data goes
// with it; those after run once. Pure, all of it.

// What of a node's scripts its host is to run.
std::vector<link::Task> script_tasks_of(const store::Node& node);

// What the logs of a node's scripts are called there.
std::vector<std::string> script_logs_of(const store::Node& node);

// The flow's nodes have run the scripts that come before their services.
Outcome check_scripts_run(const StageView& view);

// The flow's nodes run the others, too; and they have.
Change run_last_scripts(const StageView& view);
Outcome check_last_scripts_run(const StageView& view);

// At the end of a flow that succeeded: those are over. Adds the rows of its nodes that say so.
void end_last_scripts(const Model& model, const store::Flow& flow, Change& change);

}  // namespace tusker
