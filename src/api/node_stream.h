#pragma once

#include "api/call.h"
#include "api/value.h"
#include "base/result.h"

namespace tusker::api {

struct NodeStream;

// OpenNodeStream: which node is meant, and what shall run there. Errors: parameters; a cluster or
// node of this account that does not exist, with the names of those that do. Says nothing about
// whether the node's host is connected.
Result<NodeStream> resolve_node_stream(const Value& parameters, Call& call);

}  // namespace tusker::api
