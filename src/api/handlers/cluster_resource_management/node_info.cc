#include "api/handlers/cluster_resource_management/node_info.h"

#include <functional>
#include <numeric>

#include "api/disk_types.h"
#include "api/places.h"
#include "api/tags.h"
#include "base/encoding.h"
#include "model/model.h"
#include "plan/request_checks.h"

namespace tusker::api {
namespace {

constexpr std::uint64_t kGiB = 1 << 30;
constexpr std::string_view kNodePrefix = "emr-vm-";

std::int64_t as_number(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

std::string size_text(std::uint64_t bytes) {
  return fmt::format("{:.2f} GB", static_cast<double>(bytes) / static_cast<double>(kGiB));
}

// Every data disk, the first too, counted by type and size.
List<answer::MultiDiskMC> disks_of(const store::Cluster& cluster,
                                   const store::Node& node,
                                   Arena& arena) {
  const auto& asked = group_of(cluster, node.type()).asked().disk_types();
  std::vector<answer::MultiDiskMC> disks;
  for (int i = 0; i < node.spec().disk_bytes_size(); ++i) {
    const std::int64_t volume = as_number(node.spec().disk_bytes(i));
    const std::int64_t type =
        disk_type_number(i < asked.size() ? asked.Get(i) : node.spec().disk_type());
    const auto same =
        std::find_if(disks.begin(), disks.end(), [&](const answer::MultiDiskMC& disk) {
          return disk.volume == volume && disk.type == type;
        });
    if (same != disks.end()) {
      ++same->count;
      continue;
    }
    answer::MultiDiskMC disk;
    disk.count = 1;
    disk.type = type;
    disk.size = arena.copy(size_text(node.spec().disk_bytes(i)));
    disk.volume = volume;
    disks.push_back(disk);
  }
  return arena.each(disks, std::identity());
}

std::string services_of(const store::Node& node) {
  std::string list;
  for (const store::Role& role : node.roles()) list += (list.empty() ? "" : ",") + role.name();
  return list;
}

// As far as the node's host reports it; STOPED is the API's spelling.
std::string services_status(const store::Node& node, const Model& model) {
  const link::NodeStatus* const status = model.status_of(node);
  if (status == nullptr) return "";
  std::string list;
  for (const link::RoleStatus& role : status->roles()) {
    const bool up =
        role.state() == link::RoleStatus::READY || role.state() == link::RoleStatus::STARTING;
    list += fmt::format("{}{}:{}", list.empty() ? "" : ",", role.name(), up ? "STARTED" : "STOPED");
  }
  return list;
}

void fill_identity(const store::Cluster& cluster,
                   const store::Node& node,
                   answer::NodeHardwareInfo& info,
                   Arena& arena) {
  info.app_id = as_number(cluster.account());
  info.serial_no = arena.copy(serial_number(node));
  info.order_no = arena.copy(order_number(node));
  info.emr_resource_id = node.id();
  info.name_tag = arena.copy(fmt::format("{}.{}", node_type_word(node.type()), node.index() - 1));
  info.flag = node_flag(node.type());
  info.ip = node.address();
  info.region_id = region_number(cluster.region());
  info.zone_id = zone_number(cluster.zone());
  info.zone = cluster.zone();
  answer::SubnetInfo* const subnet = arena.make<answer::SubnetInfo>();
  subnet->subnet_id = cluster.asked().subnet_id();
  info.subnet_info = subnet;
  info.tags = shown_tags(cluster, arena);
}

// What was asked for, never the machine's own figures: clients compare (docs/reference/terraform.md
// 3).
void fill_shape(const store::Cluster& cluster,
                const store::Node& node,
                answer::NodeHardwareInfo& info,
                Arena& arena) {
  const store::NodeSpec& spec = node.spec();
  const std::uint64_t all =
      std::accumulate(spec.disk_bytes().begin(), spec.disk_bytes().end(), std::uint64_t{0});
  const store::AskedOfGroup& asked = group_of(cluster, node.type()).asked();
  info.spec = asked.spec();
  info.cpu_num = spec.cpus();
  info.mem_size = as_number(spec.memory_bytes());
  info.mem_desc = arena.copy(
      fmt::format("{:g}GB", static_cast<double>(spec.memory_bytes()) / static_cast<double>(kGiB)));
  info.disk_size = arena.copy(size_text(spec.disk_bytes().empty() ? 0 : spec.disk_bytes(0)));
  info.storage_type = disk_type_number(spec.disk_type());
  info.root_storage_type = asked.storage_type();
  if (info.root_storage_type == 0) info.root_storage_type = info.storage_type;
  info.root_size = as_number(spec.root_bytes() / kGiB);
  info.hw_disk_size = as_number(all);
  info.hw_disk_size_desc = arena.copy(size_text(all));
  info.hw_mem_size = info.mem_size;
  info.hw_mem_size_desc = info.mem_desc;
  info.mc_multi_disk = disks_of(cluster, node, arena);
}

}  // namespace

std::int64_t node_flag(store::NodeType type) {
  switch (type) {
    case store::COMMON:
      return 0;
    case store::MASTER:
      return 1;
    case store::CORE:
      return 2;
    case store::TASK:
      return 3;
    default:
      return 4;
  }
}

std::string order_number(const store::Node& node) {
  std::string_view id = node.id();
  if (id.starts_with(kNodePrefix)) id.remove_prefix(kNodePrefix.size());
  return fmt::format("ins-{}", id);
}

std::string serial_number(const store::Node& node) {
  std::string hex = sha256_hex("tusker node " + node.id()).substr(0, 32);
  hex[12] = '8';  // RFC 9562 version 8: made by a rule of our own
  hex[16] = 'a';
  return fmt::format("{}-{}-{}-{}-{}",
                     hex.substr(0, 8),
                     hex.substr(8, 4),
                     hex.substr(12, 4),
                     hex.substr(16, 4),
                     hex.substr(20));
}

answer::NodeHardwareInfo node_info(const store::Cluster& cluster,
                                   const store::Node& node,
                                   const Call& call,
                                   Arena& arena) {
  answer::NodeHardwareInfo info;
  fill_identity(cluster, node, info, arena);
  fill_shape(cluster, node, info, arena);
  info.services = arena.copy(services_of(node));
  info.services_status = arena.copy(services_status(node, call.services.model));
  info.charge_type = cluster.pay_mode();
  info.apply_time = arena.time(WallTime{node.created_wall_ms()});
  info.current_time = arena.time(call.services.clock.wall());
  info.is_auto_renew = cluster.asked().auto_renew();
  return info;
}

}  // namespace tusker::api
