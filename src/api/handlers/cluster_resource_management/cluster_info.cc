#include "api/handlers/cluster_resource_management/cluster_info.h"

#include <array>

#include "api/disk_types.h"
#include "api/failure_text.h"
#include "api/places.h"
#include "base/encoding.h"
#include "model/cluster_status.h"
#include "model/model.h"

namespace tusker::api {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kGiB = 1 << 30;

// base64 of {"master":"master","core":"core","task":"task","common":"common","router":"router"}
constexpr std::string_view kAliases =
    "eyJtYXN0ZXIiOiJtYXN0ZXIiLCJjb3JlIjoiY29yZSIsInRhc2siOiJ0YXNrIiwiY29tbW9uIjoiY29tbW9uIiwicm91dG"
    "VyIjoicm91dGVyIn0=";

constexpr std::array<std::pair<store::NodeType, std::string_view>, 5> kTopology{
    {{store::MASTER, "Master"},
     {store::CORE, "Core"},
     {store::TASK, "Task"},
     {store::COMMON, "Common"},
     {store::ROUTER, "Router"}}};

std::int64_t as_number(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

// How many nodes of each type the cluster has, by NodeType's number, and the address of its first
// master.
struct Nodes {
  std::array<std::int64_t, 6> count{};
  std::string_view master_address;

  std::int64_t of(store::NodeType type) const { return count[static_cast<std::size_t>(type)]; }
};

Nodes nodes_of(const store::Cluster& cluster, const Model& model) {
  Nodes nodes;
  for (const auto& [order, node] : model.nodes_of(cluster.id())) {
    const auto type = static_cast<std::size_t>(node->type());
    if (type < nodes.count.size()) ++nodes.count[type];
    if (node->type() == store::MASTER && nodes.master_address.empty())
      nodes.master_address = node->address();
  }
  return nodes;
}

std::string_view run_time(const store::Cluster& cluster, WallTime now, TextKeeper& texts) {
  const std::int64_t end = cluster.ended_wall_ms() != 0 ? cluster.ended_wall_ms() : now.ms;
  const std::int64_t seconds = std::max<std::int64_t>(0, (end - cluster.created_wall_ms()) / 1000);
  return texts.format(FMT_COMPILE("{} day {} hour {} minutes and {} seconds"),
                      seconds / 86400,
                      seconds / 3600 % 24,
                      seconds / 60 % 60,
                      seconds % 60);
}

// OutterResource and ResourceDetail have the same members under two names.
template <typename R>
void fill_resource(const store::Cluster& cluster,
                   store::NodeType type,
                   std::optional<R>& optional) {
  const store::NodeGroup& group = group_of(cluster, type);
  if (!group.has_spec()) return;
  const store::NodeSpec& spec = group.spec();
  R& resource = optional.emplace();
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
}

// EmrProductConfigOutter and EmrProductConfigDetail: likewise.
template <typename C>
void fill_config(const store::Cluster& cluster, const Nodes& nodes, C& config) {
  config.soft_info.assign(cluster.software().begin(), cluster.software().end());
  config.master_node_size = nodes.of(store::MASTER);
  config.core_node_size = nodes.of(store::CORE);
  config.task_node_size = nodes.of(store::TASK);
  config.com_node_size = nodes.of(store::COMMON);
  config.router_node_size = nodes.of(store::ROUTER);
  fill_resource(cluster, store::MASTER, config.master_resource);
  fill_resource(cluster, store::CORE, config.core_resource);
  fill_resource(cluster, store::TASK, config.task_resource);
  fill_resource(cluster, store::COMMON, config.com_resource);
  config.charge_type = cluster.pay_mode();
  config.security_group = cluster.asked().security_group();
  if (!config.security_group.empty()) config.security_groups = {config.security_group};
  config.application_role = cluster.asked().application_role();
  config.public_key_id = cluster.asked().public_key_id();
}

void fill_topology(const store::Cluster& cluster,
                   const Nodes& nodes,
                   answer::TopologyInfo& topology) {
  topology.zone_id = zone_number(cluster.zone());
  topology.zone = cluster.zone();
  topology.subnet_info_list.push_back(
      {.subnet_name = {}, .subnet_id = cluster.asked().subnet_id()});
  for (const auto& [type, word] : kTopology) {
    const std::int64_t count = nodes.of(type);
    if (count == 0) continue;
    topology.node_info_list.push_back(
        {.node_type = word, .node_size = static_cast<std::uint64_t>(count)});
  }
}

// Terraform reads whether a public address was asked for from the length of this text
// (docs/reference/terraform.md 2). The address is the one at which the host reaches the master.
std::string_view master_ip(const store::Cluster& cluster, const Nodes& nodes, TextKeeper& texts) {
  if (cluster.asked().no_public_address() || nodes.master_address.empty()) return "[]";
  return texts.format(FMT_COMPILE("[\"{}\"]"), nodes.master_address);
}

void fill_identity(const store::Cluster& cluster,
                   answer::ClusterInstancesInfo& info,
                   TextKeeper& texts) {
  info.id = cluster.number();
  info.cluster_id = cluster.id();
  info.cluster_name = cluster.name();
  info.region_id = region_number(cluster.region());
  info.zone_id = zone_number(cluster.zone());
  info.zone = cluster.zone();
  info.app_id = as_number(cluster.account());
  info.uin = texts.format(FMT_COMPILE("{}"), cluster.account());
  info.project_id = cluster.project_id();
  info.uniq_vpc_id = cluster.asked().vpc_id();
  info.uniq_subnet_id = cluster.asked().subnet_id();
  for (const store::Tag& tag : cluster.tags())
    info.tags.push_back({.tag_key = tag.key(), .tag_value = tag.value()});
}

void fill_product(const store::Cluster& cluster, answer::ClusterInstancesInfo& info) {
  info.emr_version = cluster.release();
  info.scene_emr_version = cluster.release();
  info.product_id = as_number(cluster.product_id());
  info.charge_type = cluster.pay_mode();
  info.service_class = "HADOOP";
  info.scene_service_class = "Hadoop";
  info.scene_name = cluster.asked().scene_name();
  info.display_name = "Hadoop";
  info.alias_info = kAliases;
  info.is_woodpecker_cluster = 1;
  info.trade_version = 1;
}

}  // namespace

void fill_cluster_info(const store::Cluster& cluster,
                       const Call& call,
                       answer::ClusterInstancesInfo& info,
                       TextKeeper& texts) {
  const Nodes nodes = nodes_of(cluster, call.services.model);
  fill_identity(cluster, info, texts);
  fill_product(cluster, info);
  info.status = api_status_of(cluster);
  info.cluster_title = status_text(static_cast<int>(info.status));
  info.ftitle = info.cluster_title;
  if (cluster.has_failure()) info.alarm_info = texts.keep(failure_text(cluster.failure()));
  info.add_time = texts.keep(to_text(WallTime{cluster.created_wall_ms()}));
  info.run_time = run_time(cluster, call.services.clock.wall(), texts);
  info.master_ip = master_ip(cluster, nodes, texts);
  fill_config(cluster, nodes, info.config.emplace());
  fill_config(cluster, nodes, info.config_detail.emplace());
  fill_topology(cluster, nodes, info.topology_info_list.emplace_back());
}

}  // namespace tusker::api
