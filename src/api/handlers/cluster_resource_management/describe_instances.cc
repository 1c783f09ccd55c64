#include <algorithm>
#include <set>

#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "api/handlers/cluster_resource_management/cluster_info.h"
#include "api/handlers/cluster_resource_management/cluster_list.h"
#include "api/paging.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "model/model.h"

namespace tusker::api::handlers {
namespace {

// Bytes that one cluster's description takes, roughly: the answer is written without growing often.
constexpr std::size_t kTypicalSize = 2700;

// ProjectId: -1 is every project, absent the default one, unless ids say which clusters are meant.
bool is_of_project(const store::Cluster& cluster, const DescribeInstancesRequest& request) {
  if (!request.project_id && !request.instance_ids.empty()) return true;
  const std::int64_t project = request.project_id.value_or(0);
  return project == -1 || cluster.project_id() == project;
}

Result<Clusters> candidates(const DescribeInstancesRequest& request, const Call& call) {
  const Model& model = call.services.model;
  Clusters found;
  if (request.instance_ids.empty()) {
    const auto& owned = model.clusters_of(call.caller.account);
    found.reserve(owned.size());
    for (const auto& [number, cluster] : owned) found.push_back(cluster);
    return found;
  }
  for (const std::string& id : request.instance_ids) {
    if (!is_cluster_id(id)) {
      return api_error(code::kInvalidParameter_InvalidClusterId,
                       "InstanceIds has \"{}\"; expected emr- and 8 lower-case letters or digits",
                       cut_text(id, 64));
    }
    // One that does not exist is left out: an empty list is what every client understands as gone
    // (docs/reference/terraform.md 1).
    const store::Cluster* const cluster = model.cluster(id);
    if (cluster != nullptr && cluster->account() == call.caller.account)
      found.push_back(model.listed(*cluster));
  }
  std::ranges::sort(found, {}, [](const ListedCluster& listed) { return listed.row->number(); });
  const auto twice = std::ranges::unique(found, {}, &ListedCluster::row);
  found.erase(twice.begin(), twice.end());
  return found;
}

}  // namespace

Result<Answer> describe_instances(const DescribeInstancesRequest& request, Call& call) {
  TK_TRY(Clusters clusters, candidates(request, call));
  std::erase_if(clusters, [&](const ListedCluster& listed) {
    return !is_shown(*listed.row, request.display_strategy) || !is_of_project(*listed.row, request);
  });
  sort_clusters(clusters, request.order_field.value_or(""), request.asc.value_or(0) == 1);

  answer::DescribeInstancesResponse response;
  Arena arena;
  response.total_cnt = static_cast<std::int64_t>(clusters.size());
  const auto page = page_of(clusters, request.offset.value_or(0), request.limit.value_or(100));
  const auto infos = arena.list<answer::ClusterInstancesInfo>(page.size());
  const WallTime now = call.services.clock.wall();
  std::set<std::string_view> keys;
  for (std::size_t i = 0; i < page.size(); ++i) {
    fill_cluster_info(page[i], now, infos[i], arena);
    for (const store::Tag& tag : page[i].row->tags()) keys.insert(tag.key());
  }
  response.cluster_list = infos;
  response.tag_keys = arena.texts(keys);
  Answer answer;
  answer.text.reserve(256 + page.size() * kTypicalSize);
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
