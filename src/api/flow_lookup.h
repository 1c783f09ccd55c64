#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "api/call.h"
#include "base/result.h"
#include "control/flow_progress.h"

namespace tusker::api {

// Which flows; each condition that is set has to hold.
struct FlowFilter {
  std::int64_t flow_id = 0;
  std::string trace_id;  // only together with the cluster
  std::string cluster_id;
};

// Newest first; empty when there is none.
using FlowsCallback = std::function<void(Result<std::vector<FlowProgress>>)>;

// The caller's flows, of memory and of history. Those that ended long ago are read from the store,
// so the callback may come after this returned; it copies what it needs of the call.
void find_flows(const Call& call, const FlowFilter& filter, FlowsCallback done);

// The caller's flow of this id, if it runs, with its cluster noted in the call.
// ResourceNotFound.FlowNotFound.
Result<const store::Flow*> find_running_flow(Call& call, std::int64_t id);

}  // namespace tusker::api
