#pragma once

#include <string>
#include <vector>

#include "api/call.h"
#include "base/result.h"
#include "proto/store.pb.h"

namespace tusker::api {

// Nodes of a cluster by the ids that DescribeClusterNodes shows: EmrResourceId (emr-vm-…) or
// OrderNo (ins-…), each once, in the order asked. InvalidParameter.InvalidResourceIds: none, one
// twice, or one of no such form. `missing` is the action's code for one that is no node of the
// cluster.
Result<std::vector<const store::Node*>> find_nodes(const Call& call,
                                                   const store::Cluster& cluster,
                                                   const std::vector<std::string>& ids,
                                                   std::string_view missing);

// The node of a cluster with this name (master-1) or id that is not being removed.
// ResourceNotFound.NodeNotFound, with the names there are.
Result<const store::Node*> find_named_node(const Call& call,
                                           const store::Cluster& cluster,
                                           std::string_view name);

// That error, of a cluster that has nodes with these names.
Error no_such_node(const store::Cluster& cluster,
                   std::string_view wanted,
                   const std::vector<std::string>& names);

}  // namespace tusker::api
