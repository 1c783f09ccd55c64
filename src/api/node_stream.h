#pragma once

#include <string>
#include <string_view>

#include "api/call.h"
#include "api/value.h"
#include "base/result.h"
#include "proto/link.pb.h"

namespace tusker::api {

// What the host of a node is to be asked for an authorised caller. The stream's id is not set.
struct NodeStream {
  std::string secret_id;  // of the key that asked for it: the stream ends with the key
  std::string host_id;
  link::OpenStream ask;
};

// What a stream's action means: OpenNodeStream a program in a node, OpenLogStream a role's log.
// Errors: parameters; a cluster, node or role of this account that does not exist, with the names
// of those that do. Says nothing about whether the node's host is connected.
Result<NodeStream> resolve_stream(std::string_view action, const Value& parameters, Call& call);

}  // namespace tusker::api
