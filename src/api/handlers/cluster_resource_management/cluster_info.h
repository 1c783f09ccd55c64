#pragma once

#include "api/arena.h"
#include "api/generated/types.h"
#include "base/clock.h"
#include "model/model.h"

namespace tusker::api {

// One cluster as DescribeInstances shows it; borrows from its row and tally, and from `arena`.
void fill_cluster_info(const ListedCluster& listed,
                       WallTime now,
                       answer::ClusterInstancesInfo& info,
                       Arena& arena);

}  // namespace tusker::api
