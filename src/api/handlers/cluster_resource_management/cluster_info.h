#pragma once

#include "api/call.h"
#include "api/generated/types.h"
#include "api/text_keeper.h"
#include "proto/store.pb.h"

namespace tusker::api {

// One cluster as DescribeInstances shows it; borrows from the row and from `texts`.
void fill_cluster_info(const store::Cluster& cluster,
                       const Call& call,
                       answer::ClusterInstancesInfo& info,
                       TextKeeper& texts);

}  // namespace tusker::api
