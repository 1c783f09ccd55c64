#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/model.h"

namespace tusker {

// Whether these nodes of a running cluster can leave it without losing anything, by what its
// NameNode and DataNodes report now (docs/reference/operations.md, HDFS): before anything is
// touched. `replicas` is how many HDFS makes of a block by default. Pure.
//
// InvalidArgument: a node that is none of the cluster's core or task nodes, or all core nodes.
// FailedPrecondition: a block is missing already, a node that leaves does not serve and is not made
// up for, those that stay are too few for the replicas or have too little room; the message has the
// figures.
Status check_removal(const Model& model,
                     const store::Cluster& cluster,
                     const std::vector<std::string>& node_ids,
                     std::uint32_t replicas);

// Whether HDFS has all copies of every block though some of its DataNodes do not serve: those are
// dead to the NameNode, and it has had made others of what they held. Empty, or why not. Pure.
std::string why_not_made_up_for(const Model& model, const store::Cluster& cluster);

}  // namespace tusker
