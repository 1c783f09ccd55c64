#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "plan/create_request.h"
#include "plan/definitions.h"
#include "plan/inventory.h"
#include "proto/store.pb.h"

namespace tusker {

// A whole new cluster with every choice made: ids, hosts, addresses, sizes, files, command lines.
// Recorded in one commit, then carried out; carrying it out chooses nothing.
struct ClusterPlan {
  // Complete but for `number`, `flow_id` and `flow_running`, which belong to whoever records it.
  // State CREATING.
  store::Cluster cluster;
  std::vector<store::Node> nodes;         // masters first, then core, task; by index
  std::vector<store::FileContent> files;  // distinct, of all nodes
  std::vector<std::string> warnings;      // a sentence each: "HDFS keeps 1 copy of each block: …"
};

// Checks the request, then plans. Pure: the same arguments give the same plan.
//
// Errors carry the documented API code (docs/reference/semantics.md 2.2, 2.3, 12) and name field,
// value and what would be right:
//   InvalidArgument    the request, whatever the state
//   Unsupported        documented and not possible here yet, such as high availability
//   ResourceExhausted  not enough memory, disk or addresses: how much there is, how much is
//   missing, on which host FailedPrecondition a bundle or image is missing; says the command that
//   fetches it
Result<ClusterPlan> plan_cluster(const Definitions& definitions,
                                 const Inventory& inventory,
                                 const CreateRequest& request,
                                 Random& random,
                                 WallTime now);

}  // namespace tusker
