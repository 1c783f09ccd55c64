#include <algorithm>
#include <span>

#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "api/handlers/cluster_resource_management/cluster_info.h"
#include "api/handlers/cluster_resource_management/cluster_list.h"
#include "api/paging.h"
#include "api/places.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "model/cluster_status.h"
#include "model/model.h"

namespace tusker::api::handlers {
namespace {

constexpr std::int64_t kOrdinary = 0;  // ClusterType; 2 are clusters on a container service

Status check_filter(const Filters& filter) {
  if (filter.name != "ClusterId" && filter.name != "ClusterName" && filter.name != "ClusterStatus")
    return api_error(code::kInvalidParameter,
                     "Filters.Name is \"{}\"; expected ClusterId, ClusterName or ClusterStatus",
                     cut_text(filter.name, 64));
  for (const std::string& value : filter.values) {
    if (filter.name == "ClusterId" && !is_cluster_id(value)) {
      return api_error(
          code::kInvalidParameter_InvalidClusterId,
          "Filters: ClusterId is \"{}\"; expected emr- and 8 lower-case letters or digits",
          cut_text(value, 64));
    }
  }
  return ok_status();
}

// One of the filter's values fits.
bool passes(const store::Cluster& cluster, const Filters& filter) {
  const std::string text = filter.name == "ClusterId"     ? cluster.id()
                           : filter.name == "ClusterName" ? cluster.name()
                                                          : std::to_string(api_status_of(cluster));
  return std::ranges::find(filter.values, text) != filter.values.end();
}

Result<Clusters> chosen(const DescribeInstancesListRequest& request, const Call& call) {
  for (const Filters& filter : request.filters) TK_TRY_VOID(check_filter(filter));
  Clusters found;
  if (request.cluster_type.value_or(kOrdinary) != kOrdinary) return found;
  for (const auto& entry : call.services.model.clusters_of(call.caller.account)) {
    const store::Cluster& cluster = *entry.second.row;
    const bool wanted = std::ranges::all_of(
        request.filters, [&](const Filters& filter) { return passes(cluster, filter); });
    if (wanted && is_shown(cluster, request.display_strategy)) found.push_back(entry.second);
  }
  return found;
}

// The same cluster as DescribeInstances shows, in fewer words.
answer::EmrListInstance entry_of(const ListedCluster& cluster, WallTime now, Arena& arena) {
  answer::ClusterInstancesInfo from;
  fill_cluster_info(cluster, now, from, arena);
  answer::EmrListInstance entry;
  const auto natural = [](std::int64_t number) { return static_cast<std::uint64_t>(number); };
  entry.cluster_id = from.cluster_id;
  entry.status_desc = from.cluster_title;
  entry.cluster_name = from.cluster_name;
  entry.zone_id = natural(from.zone_id);
  entry.app_id = natural(from.app_id);
  entry.add_time = from.add_time;
  entry.run_time = from.run_time;
  entry.master_ip = from.master_ip;
  entry.emr_version = from.emr_version;
  entry.charge_type = natural(from.charge_type);
  entry.id = natural(from.id);
  entry.product_id = natural(from.product_id);
  entry.project_id = natural(from.project_id);
  entry.region_id = natural(from.region_id);
  entry.zone = from.zone;
  entry.status = natural(from.status);
  entry.tags = from.tags;
  entry.alarm_info = from.alarm_info;
  entry.uniq_vpc_id = from.uniq_vpc_id;
  entry.uniq_subnet_id = from.uniq_subnet_id;
  return entry;
}

}  // namespace

Result<Answer> describe_instances_list(const DescribeInstancesListRequest& request, Call& call) {
  TK_TRY(Clusters clusters, chosen(request, call));
  // 0 ascends here and descends in DescribeInstances (docs/reference/semantics.md 2.1).
  sort_clusters(clusters, request.order_field.value_or(""), request.asc.value_or(0) == 0);

  const std::uint64_t page = request.offset.value_or(0);
  const std::uint64_t size = request.limit.value_or(0);
  const bool all = page == 0 && size == 0;
  Arena arena;
  const WallTime now = call.services.clock.wall();
  answer::DescribeInstancesListResponse response;
  response.total_cnt = static_cast<std::int64_t>(clusters.size());
  response.instances_list = arena.each(
      all ? std::span(std::as_const(clusters)) : page_of(clusters, page, size == 0 ? 100 : size),
      [&](const ListedCluster& cluster) { return entry_of(cluster, now, arena); });
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
