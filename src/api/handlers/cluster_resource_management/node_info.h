#pragma once

#include "api/arena.h"
#include "api/call.h"
#include "api/generated/types.h"
#include "proto/store.pb.h"

namespace tusker::api {

// Flag of answers (docs/reference/semantics.md 2.2); the router's is not published.
std::int64_t node_flag(store::NodeType type);
// "ins-xxxxxxxx", the number of the node's machine: here the node's own id under another name.
std::string order_number(const store::Node& node);
// The node's UUID, made from its id: stable for its life.
std::string serial_number(const store::Node& node);

// One node as DescribeClusterNodes shows it; borrows from the rows and from `arena`.
answer::NodeHardwareInfo node_info(const store::Cluster& cluster,
                                   const store::Node& node,
                                   const Call& call,
                                   Arena& arena);

}  // namespace tusker::api
