#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "plan/cluster_files.h"
#include "plan/definitions.h"
#include "plan/inventory.h"
#include "plan/scripts.h"
#include "proto/store.pb.h"

namespace tusker {

// More nodes of a cluster, with every choice made, and what the nodes that are there get to know of
// them.
struct GrowthPlan {
  store::Cluster cluster;          // as it is, with the indexes of the new nodes used
  std::vector<store::Node> nodes;  // the new ones, complete but for their files; `prepared`
  ClusterFiles files;              // of all nodes, the new ones too
  std::vector<std::string> warnings;
};

// `nodes` are all that the cluster has now. The new ones are like those of their type; task nodes
// of a cluster that has none are like its core nodes. They run from the same image and bundles, and
// run `scripts`, or the cluster's own when there are none. Pure.
//
// Errors carry the documented API code:
//   InvalidArgument    a count of 0, or more than a cluster can have
//   Unsupported        a type of which this release cannot have more
//   ResourceExhausted  not enough memory, disk or addresses, as plan_cluster()
//   FailedPrecondition a bundle or image of the cluster is missing
Result<GrowthPlan> plan_growth(const Definitions& definitions,
                               const Inventory& inventory,
                               const store::Cluster& cluster,
                               const std::vector<store::Node>& nodes,
                               store::NodeType type,
                               std::uint32_t count,
                               const std::vector<ScriptRequest>& scripts,
                               Random& random,
                               WallTime now);

}  // namespace tusker
