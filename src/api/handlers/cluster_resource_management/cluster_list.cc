#include "api/handlers/cluster_resource_management/cluster_list.h"

#include <algorithm>

#include "model/cluster_status.h"

namespace tusker::api {

bool is_shown(const store::Cluster& cluster, std::string_view strategy) {
  const int status = api_status_of(cluster);
  if (status == api_status::kTerminated) return false;
  return strategy == "clusterList" ||
         (status != api_status::kCreating && status != api_status::kCreateFailed);
}

void sort_clusters(Clusters& clusters, std::string_view field, bool ascending) {
  std::ranges::sort(clusters, [&](const ListedCluster& one, const ListedCluster& other) {
    const store::Cluster* const a = ascending ? one.row : other.row;
    const store::Cluster* const b = ascending ? other.row : one.row;
    if (field == "clusterId" && a->id() != b->id()) return a->id() < b->id();
    if (field == "addTime" && a->created_wall_ms() != b->created_wall_ms())
      return a->created_wall_ms() < b->created_wall_ms();
    if (field == "status" && api_status_of(*a) != api_status_of(*b))
      return api_status_of(*a) < api_status_of(*b);
    return a->number() < b->number();
  });
}

}  // namespace tusker::api
