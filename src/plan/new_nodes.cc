#include "plan/new_nodes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/ids.h"
#include "plan/node_rows.h"
#include "plan/placement.h"
#include "plan/request_checks.h"
#include "plan/sizing.h"

namespace tusker {
namespace {

constexpr std::uint64_t kThinDiskBytes = 1ULL << 30;  // what placement counts for a sparse disk

std::uint32_t memory_mb(const store::Node& node) {
  return static_cast<std::uint32_t>(node.spec().memory_bytes() >> 20);
}

NodeDemand demand_of(const std::string& name, store::NodeType type, const store::NodeSpec& spec) {
  std::uint64_t disk_bytes = 0;
  for (const std::uint64_t bytes : spec.disk_bytes())
    disk_bytes += spec.thin_disks() ? kThinDiskBytes : bytes;
  return {name, type, spec.memory_bytes(), disk_bytes};
}

std::string architecture_of(const store::Bundle& image) {
  const auto arch = image.facts().find("arch");
  return arch == image.facts().end() ? "" : arch->second;
}

}  // namespace

std::vector<store::Node> start_nodes(const std::string& cluster_id,
                                     store::NodeType type,
                                     std::uint32_t first_index,
                                     std::uint32_t count,
                                     const store::NodeSpec& spec,
                                     Random& random,
                                     WallTime now) {
  std::vector<store::Node> nodes;
  for (std::uint32_t i = 0; i < count; ++i) {
    store::Node& node = nodes.emplace_back();
    node.set_id(make_node_id(random).text());
    node.set_cluster_id(cluster_id);
    node.set_type(type);
    node.set_index(first_index + i);
    node.set_name(fmt::format("{}-{}", node_type_word(type), node.index()));
    *node.mutable_spec() = spec;
    node.set_created_wall_ms(now.ms);
    for (const auto& [name, value] : node_environment())
      (*node.mutable_environment())[name] = value;
  }
  return nodes;
}

Status check_sizes(const Definitions& definitions,
                   const store::Cluster& cluster,
                   const std::vector<store::Node>& nodes,
                   std::span<const store::Node> new_nodes) {
  for (const store::Node& node : new_nodes) {
    const auto roles = roles_of(definitions, cluster, nodes, node);
    const NodeMemory memory = divide_memory(memory_mb(node), roles);
    if (memory.needed_mb <= memory.total_mb) continue;
    std::vector<std::string_view> names;
    names.reserve(roles.size());
    for (const RoleDefinition* role : roles) names.push_back(role->name);
    return Error::make(
               ErrorCode::InvalidArgument,
               "{} has {} MB of memory; {} need at least {} MB together: take a larger spec",
               node.name(),
               memory.total_mb,
               fmt::join(names, ", "),
               memory.needed_mb)
        .with_api_code("InvalidParameter.InvalidResourceSpec");
  }
  return ok_status();
}

Status place(const Inventory& inventory,
             const store::Bundle& image,
             std::span<store::Node> new_nodes) {
  std::vector<NodeDemand> demands;
  for (const store::Node& node : new_nodes)
    demands.push_back(demand_of(node.name(), node.type(), node.spec()));
  TK_TRY(const std::vector<Placed> placed,
         place_nodes(inventory.hosts, demands, architecture_of(image)));
  for (std::size_t i = 0; i < placed.size(); ++i) {
    new_nodes[i].set_host_id(placed[i].host->host.id());
    new_nodes[i].set_address(placed[i].address);
  }
  return ok_status();
}

std::uint64_t count_room(const Inventory& inventory,
                         const store::Bundle& image,
                         const store::NodeSpec& spec) {
  return count_room(
      inventory.hosts, demand_of("", store::NODE_TYPE_NONE, spec), architecture_of(image));
}

Status add_roles(const Definitions& definitions,
                 const store::Cluster& cluster,
                 const std::vector<store::Node>& nodes,
                 store::Node& node) {
  const auto roles = roles_of(definitions, cluster, nodes, node);
  for (store::Disk& disk : make_disk_rows(roles, node.spec())) *node.add_disks() = std::move(disk);
  TK_TRY(std::vector<store::Role> rows,
         make_role_rows(definitions, cluster, roles, divide_memory(memory_mb(node), roles)));
  for (store::Role& row : rows) *node.add_roles() = std::move(row);
  return ok_status();
}

}  // namespace tusker
