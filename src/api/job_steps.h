#pragma once

#include "api/call.h"
#include "api/generated/types.h"
#include "base/result.h"
#include "proto/store.pb.h"

namespace tusker::api {

// What a request says of its steps, and of what becomes of the cluster, as a job's row: without id,
// cluster and times. Errors name the step and what would be right.
Result<store::Job> job_from(const RunJobFlowRequest& request, const Call& call);

// Each step gets the command that `cluster` has for its type. InvalidParameter.InvalidJobType: none
// of its components runs such steps; the message names the types that they do run.
Status add_commands(const store::Cluster& cluster, const Call& call, store::Job& job);

// The caller's job of this id; another account's does not exist for it.
// InvalidParameter.InvalidJobFlow.
Result<const store::Job*> find_job(const Call& call, std::int64_t id);

}  // namespace tusker::api
