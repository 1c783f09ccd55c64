#pragma once

#include "api/call.h"
#include "api/generated/types.h"
#include "base/result.h"
#include "plan/cluster_plan.h"

namespace tusker::api {

// A request of either generation as a plan for a whole cluster; nothing is recorded yet. Errors:
// what the request asks for and this version does not do (UnsupportedOperation, naming the
// parameter), what is wrong with it, what the hosts cannot give.
Result<ClusterPlan> plan_from(const CreateInstanceRequest& request, const Call& call);
Result<ClusterPlan> plan_from(const CreateClusterRequest& request, const Call& call);

}  // namespace tusker::api
