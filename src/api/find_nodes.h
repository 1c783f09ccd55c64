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

}  // namespace tusker::api
