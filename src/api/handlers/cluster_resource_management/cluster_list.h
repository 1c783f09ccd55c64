#pragma once

#include <string_view>
#include <vector>

#include "model/model.h"

namespace tusker::api {

// What the lists of clusters have in common (docs/reference/semantics.md 2.1).
using Clusters = std::vector<ListedCluster>;

// DisplayStrategy: every one hides what was terminated, all but clusterList also what never ran.
bool is_shown(const store::Cluster& cluster, std::string_view strategy);

// By "clusterId", "addTime" or "status"; the numeric Id breaks ties and is the order when none is
// asked for. It grows with the time of creation.
void sort_clusters(Clusters& clusters, std::string_view field, bool ascending);

}  // namespace tusker::api
