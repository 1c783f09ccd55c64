#include <algorithm>

#include "api/arena.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "api/places.h"
#include "control/controller.h"
#include "model/model.h"
#include "plan/new_nodes.h"

namespace tusker::api::handlers {
namespace {

// Nodes of the account's clusters in this zone.
std::int64_t count_used(const Call& call, const std::string& zone) {
  const Model& model = call.services.model;
  std::size_t count = 0;
  for (const auto& [number, listed] : model.clusters_of(call.caller.account)) {
    if (listed.row->zone() != zone) continue;
    for (const std::uint32_t nodes : listed.nodes->count) count += nodes;
  }
  return static_cast<std::int64_t>(count);
}

// How many more core nodes a scale-out of the cluster would find room for now. None when the image
// that it runs from is gone, as then it cannot grow.
std::int64_t count_remaining(const store::Cluster& cluster, const Call& call) {
  const auto& nodes = call.services.model.nodes_of(cluster.id());
  if (nodes.empty()) return 0;
  const Inventory inventory = call.services.controller.inventory();
  const auto image =
      std::ranges::find(inventory.bundles, nodes.begin()->second->image(), &store::Bundle::digest);
  if (image == inventory.bundles.end()) return 0;
  return static_cast<std::int64_t>(
      count_room(inventory, *image, group_of(cluster, store::CORE).spec()));
}

}  // namespace

Result<Answer> describe_cvm_quota(const DescribeCvmQuotaRequest& request, Call& call) {
  TK_TRY(const store::Cluster* const cluster,
         find_live_cluster(call, request.cluster_id, code::kResourceNotFound_ClusterNotFound));
  answer::DescribeCvmQuotaResponse response;
  Arena arena;
  // A cluster has one zone, and gets no nodes in another.
  if (request.zone_id.value_or(zone_number(cluster->zone())) == zone_number(cluster->zone())) {
    answer::QuotaEntity& quota = *arena.make<answer::QuotaEntity>();
    quota.used_quota = count_used(call, cluster->zone());
    quota.remaining_quota = count_remaining(*cluster, call);
    quota.total_quota = quota.used_quota + quota.remaining_quota;
    quota.zone = cluster->zone();
    response.post_paid_quota_set = std::span(&quota, 1);
  }
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
