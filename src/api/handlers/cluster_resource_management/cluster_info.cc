#include "api/handlers/cluster_resource_management/cluster_info.h"

#include <array>

#include "api/disk_types.h"
#include "api/failure_text.h"
#include "api/places.h"
#include "api/tags.h"
#include "base/encoding.h"
#include "model/cluster_status.h"

namespace tusker::api {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kGiB = 1 << 30;

constexpr std::array<std::pair<store::NodeType, std::string_view>, 5> kTopology{
    {{store::MASTER, "Master"},
     {store::CORE, "Core"},
     {store::TASK, "Task"},
     {store::COMMON, "Common"},
     {store::ROUTER, "Router"}}};

std::int64_t as_number(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

std::string_view run_time(const store::Cluster& cluster, WallTime now, Arena& arena) {
  const std::int64_t end = cluster.ended_wall_ms() != 0 ? cluster.ended_wall_ms() : now.ms;
  const std::int64_t seconds = std::max<std::int64_t>(0, (end - cluster.created_wall_ms()) / 1000);
  return arena.format(FMT_COMPILE("{} day {} hour {} minutes and {} seconds"),
                      seconds / 86400,
                      seconds / 3600 % 24,
                      seconds / 60 % 60,
                      seconds % 60);
}

// Null: the cluster was asked for without such nodes.
const answer::OutterResource* resource_of(const store::NodeGroup& group, Arena& arena) {
  if (!group.has_spec()) return nullptr;
  const store::NodeSpec& spec = group.spec();
  answer::OutterResource& resource = *arena.make<answer::OutterResource>();
  resource.spec = group.asked().spec();
  resource.spec_name = resource.spec;
  resource.storage_type = disk_type_number(spec.disk_type());
  resource.disk_type = spec.disk_type();
  resource.root_size = as_number(spec.root_bytes() / kGiB);
  resource.mem_size = as_number(spec.memory_bytes() / kMiB);
  resource.cpu = spec.cpus();
  resource.disk_size = spec.disk_bytes().empty() ? 0 : as_number(spec.disk_bytes(0) / kGiB);
  const std::string& asked = group.asked().instance_type();
  resource.instance_type = asked.empty() ? spec.instance_type() : asked;
  return &resource;
}

void fill_resources(const store::Cluster& cluster,
                    answer::EmrProductConfigOutter& config,
                    Arena& arena) {
  for (const store::NodeGroup& group : cluster.groups()) {
    switch (group.type()) {
      case store::MASTER:
        config.master_resource = resource_of(group, arena);
        break;
      case store::CORE:
        config.core_resource = resource_of(group, arena);
        break;
      case store::TASK:
        config.task_resource = resource_of(group, arena);
        break;
      case store::COMMON:
        config.com_resource = resource_of(group, arena);
        break;
      default:  // the answer has no place for routers
        break;
    }
  }
}

const answer::EmrProductConfigOutter* config_of(const ListedCluster& listed, Arena& arena) {
  const store::Cluster& cluster = *listed.row;
  answer::EmrProductConfigOutter& config = *arena.make<answer::EmrProductConfigOutter>();
  config.soft_info = arena.texts(cluster.software());
  config.master_node_size = listed.nodes->count[store::MASTER];
  config.core_node_size = listed.nodes->count[store::CORE];
  config.task_node_size = listed.nodes->count[store::TASK];
  config.com_node_size = listed.nodes->count[store::COMMON];
  config.router_node_size = listed.nodes->count[store::ROUTER];
  fill_resources(cluster, config, arena);
  config.charge_type = cluster.pay_mode();
  config.security_group = cluster.asked().security_group();
  if (!config.security_group.empty())
    config.security_groups = arena.texts(std::array{config.security_group});
  config.application_role = cluster.asked().application_role();
  config.public_key_id = cluster.asked().public_key_id();
  return &config;
}

List<answer::ShortNodeInfo> node_counts(const NodeTally& nodes, Arena& arena) {
  const auto counts = arena.list<answer::ShortNodeInfo>(kTopology.size());
  auto place = counts.begin();
  for (const auto& [type, word] : kTopology) {
    const std::uint32_t count = nodes.count[type];
    if (count > 0) *place++ = {.node_type = word, .node_size = count};
  }
  return std::span(counts.begin(), place);
}

List<answer::TopologyInfo> topology_of(const ListedCluster& listed, Arena& arena) {
  const store::Cluster& cluster = *listed.row;
  answer::SubnetInfo* const subnet = arena.make<answer::SubnetInfo>();
  subnet->subnet_id = cluster.asked().subnet_id();
  answer::TopologyInfo* const topology = arena.make<answer::TopologyInfo>();
  topology->zone_id = zone_number(cluster.zone());
  topology->zone = cluster.zone();
  topology->subnet_info_list = std::span(subnet, 1);
  topology->node_info_list = node_counts(*listed.nodes, arena);
  return std::span(topology, 1);
}

// Terraform reads whether a public address was asked for from the length of this text
// (docs/reference/terraform.md 2). The address is the one at which the host reaches the master.
std::string_view master_ip(const ListedCluster& listed, Arena& arena) {
  const std::string& address = listed.nodes->master_address;
  if (listed.row->asked().no_public_address() || address.empty()) return "[]";
  return arena.format(FMT_COMPILE("[\"{}\"]"), address);
}

void fill_identity(const store::Cluster& cluster,
                   answer::ClusterInstancesInfo& info,
                   Arena& arena) {
  info.id = cluster.number();
  info.cluster_id = cluster.id();
  info.cluster_name = cluster.name();
  info.region_id = region_number(cluster.region());
  info.zone_id = zone_number(cluster.zone());
  info.zone = cluster.zone();
  info.app_id = as_number(cluster.account());
  info.uin = arena.format(FMT_COMPILE("{}"), cluster.account());
  info.project_id = cluster.project_id();
  info.uniq_vpc_id = cluster.asked().vpc_id();
  info.uniq_subnet_id = cluster.asked().subnet_id();
  info.tags = shown_tags(cluster, arena);
}

}  // namespace

void fill_cluster_info(const ListedCluster& listed,
                       WallTime now,
                       answer::ClusterInstancesInfo& info,
                       Arena& arena) {
  const store::Cluster& cluster = *listed.row;
  fill_identity(cluster, info, arena);
  info.emr_version = cluster.release();
  info.scene_emr_version = cluster.release();
  info.product_id = as_number(cluster.product_id());
  info.charge_type = cluster.pay_mode();
  info.scene_name = cluster.asked().scene_name();
  info.status = api_status_of(cluster);
  info.cluster_title = status_text(cluster);
  info.ftitle = info.cluster_title;
  if (cluster.has_failure()) info.alarm_info = arena.copy(failure_text(cluster.failure()));
  info.add_time = arena.time(WallTime{cluster.created_wall_ms()});
  info.run_time = run_time(cluster, now, arena);
  info.master_ip = master_ip(listed, arena);
  info.config = config_of(listed, arena);
  info.config_detail = info.config;
  info.topology_info_list = topology_of(listed, arena);
}

}  // namespace tusker::api
