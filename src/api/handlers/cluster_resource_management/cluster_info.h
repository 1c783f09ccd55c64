#pragma once

#include "api/arena.h"
#include "api/generated/types.h"
#include "base/clock.h"
#include "proto/store.pb.h"

namespace tusker {
class Model;
}

namespace tusker::api {

// One cluster as DescribeInstances shows it; borrows from the row and from `arena`.
void fill_cluster_info(const store::Cluster& cluster,
                       const Model& model,
                       WallTime now,
                       answer::ClusterInstancesInfo& info,
                       Arena& arena);

}  // namespace tusker::api
