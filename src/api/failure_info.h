#pragma once

#include "api/arena.h"
#include "api/generated/types.h"
#include "proto/store.pb.h"

namespace tusker::api {

// A reason as our own actions answer it. Borrows from `failure`.
const answer::FlowFailure* failure_info(const store::Failure& failure, Arena& arena);

}  // namespace tusker::api
