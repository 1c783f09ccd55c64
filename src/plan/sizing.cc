#include "plan/sizing.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "plan/formula.h"

namespace tusker {
namespace {

constexpr std::uint64_t kMb = 1 << 20;
constexpr std::string_view kTaskRunner = "NodeManager";
constexpr std::uint32_t kLeastForTasksMb =
    288;  // one ApplicationMaster or task, as yarn's task_container_mb

bool runs(const std::vector<const RoleDefinition*>& roles, std::string_view name) {
  return std::any_of(
      roles.begin(), roles.end(), [&](const RoleDefinition* role) { return role->name == name; });
}

// Position of a node among the living ones of its type, from 1.
std::uint32_t rank_of(const std::vector<store::Node>& nodes, const store::Node& node) {
  const auto before = [&](const store::Node& other) {
    return other.type() == node.type() && !other.removing() && other.index() < node.index();
  };
  return static_cast<std::uint32_t>(std::count_if(nodes.begin(), nodes.end(), before)) + 1;
}

bool belongs_on(const RoleDefinition& role, store::NodeType type, std::uint32_t rank) {
  return std::any_of(role.on.begin(), role.on.end(), [&](const RolePlace& place) {
    return place.type == type && (place.count == 0 || rank <= place.count);
  });
}

std::uint32_t heap_of(const RoleMemory& memory, std::uint32_t for_heaps_mb) {
  const auto share = static_cast<std::uint32_t>(memory.share * for_heaps_mb);
  const std::uint32_t most = memory.max_mb == 0 ? share : std::min(share, memory.max_mb);
  return std::max(memory.min_mb, most);
}

// Whether some two core nodes are on one host: then their copies share its power.
bool cores_share_host(const std::vector<store::Node>& nodes) {
  std::set<std::string> hosts;
  for (const store::Node& node : nodes) {
    if (node.type() == store::CORE && !node.removing() && !hosts.insert(node.host_id()).second)
      return true;
  }
  return false;
}

double least_disk_mb(const store::Node& node) {
  if (node.spec().disk_bytes().empty()) return 0;
  const auto& disks = node.spec().disk_bytes();
  return std::floor(static_cast<double>(*std::min_element(disks.begin(), disks.end())) / kMb);
}

double archive_mb(const store::Cluster& cluster) {
  const auto found = cluster.settings().find("hadoop.archive_bytes");
  if (found == cluster.settings().end()) return 0;
  return std::ceil(std::strtod(found->second.c_str(), nullptr) / kMb);
}

}  // namespace

std::uint32_t node_reserve_mb(std::uint32_t memory_mb) {
  return std::max(128U, memory_mb / 10);
}

std::vector<const RoleDefinition*> roles_of(const Definitions& definitions,
                                            const store::Cluster& cluster,
                                            const std::vector<store::Node>& nodes,
                                            const store::Node& node) {
  std::vector<const RoleDefinition*> roles;
  const std::uint32_t rank = rank_of(nodes, node);
  for (const store::Component& chosen : cluster.components()) {
    const ComponentDefinition* component = definitions.component(chosen.name());
    if (component == nullptr) continue;
    for (const RoleDefinition& role : component->roles) {
      const auto recorded = [&](const store::Role& row) { return row.name() == role.name; };
      const bool here = node.roles().empty()
                            ? belongs_on(role, node.type(), rank)
                            : std::any_of(node.roles().begin(), node.roles().end(), recorded);
      if (here) roles.push_back(&role);
    }
  }
  return roles;
}

NodeMemory divide_memory(std::uint32_t total_mb, const std::vector<const RoleDefinition*>& roles) {
  NodeMemory memory;
  memory.total_mb = total_mb;
  std::uint32_t fixed_mb = node_reserve_mb(total_mb);
  std::uint32_t least_mb = 128;
  for (const RoleDefinition* role : roles) {
    if (role->main.empty()) continue;
    fixed_mb += kJvmOverheadMb;
    least_mb += kJvmOverheadMb + role->memory.min_mb;
  }
  memory.needed_mb = least_mb + (runs(roles, kTaskRunner) ? kLeastForTasksMb : 0);
  const std::uint32_t for_heaps_mb = total_mb > fixed_mb ? total_mb - fixed_mb : 0;
  std::uint32_t heaps_mb = 0;
  for (const RoleDefinition* role : roles) {
    if (role->main.empty()) continue;
    heaps_mb += memory.heap_mb[role->name] = heap_of(role->memory, for_heaps_mb);
  }
  if (runs(roles, kTaskRunner) && for_heaps_mb > heaps_mb)
    memory.nodemanager_mb = for_heaps_mb - heaps_mb;
  return memory;
}

SizingFacts::SizingFacts(const Definitions& definitions,
                         const store::Cluster& cluster,
                         const std::vector<store::Node>& nodes,
                         const store::Node& node) {
  std::vector<store::Node> living;
  std::vector<NodeMemory> memories;
  for (const store::Node& other : nodes) {
    if (other.removing()) continue;
    living.push_back(other);
    memories.push_back(divide_memory(static_cast<std::uint32_t>(other.spec().memory_bytes() / kMb),
                                     roles_of(definitions, cluster, nodes, other)));
  }
  memory_ = divide_memory(static_cast<std::uint32_t>(node.spec().memory_bytes() / kMb),
                          roles_of(definitions, cluster, nodes, node));
  values_["node_memory_mb"] = memory_.total_mb;
  values_["node_cpus"] = node.spec().cpus();
  values_["node_disks"] = node.spec().disk_bytes_size();
  values_["least_disk_mb"] = least_disk_mb(node);
  values_["nodemanager_mb"] = memory_.nodemanager_mb;
  values_["archive_mb"] = archive_mb(cluster);
  values_["shared_host"] = cores_share_host(nodes) ? 1 : 0;
  add_cluster_facts(living, memories);
  for (const store::Component& chosen : cluster.components()) {
    const ComponentDefinition* component = definitions.component(chosen.name());
    if (component == nullptr) continue;
    for (const FactDefinition& fact : component->facts) {
      const auto value =
          evaluate_formula(fact.formula, [this](std::string_view name) { return find(name); });
      if (value.ok()) values_[fact.name] = *value;
    }
  }
}

void SizingFacts::add_cluster_facts(const std::vector<store::Node>& nodes,
                                    const std::vector<NodeMemory>& memories) {
  double least_mb = 0, largest_mb = 0, total_mb = 0, workers = 0, cores = 0, tasks = 0,
         least_cpus = 1, largest_cpus = 1;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].type() == store::CORE) ++cores;
    if (nodes[i].type() == store::TASK) ++tasks;
    if (!memories[i].heap_mb.contains(std::string(kTaskRunner))) continue;
    const double for_tasks_mb = memories[i].nodemanager_mb;
    const double cpus = nodes[i].spec().cpus();
    least_mb = workers == 0 ? for_tasks_mb : std::min(least_mb, for_tasks_mb);
    least_cpus = workers == 0 ? cpus : std::min(least_cpus, cpus);
    largest_mb = std::max(largest_mb, for_tasks_mb);
    largest_cpus = std::max(largest_cpus, cpus);
    total_mb += for_tasks_mb;
    ++workers;
  }
  values_["nodes"] = static_cast<double>(nodes.size());
  values_["core_nodes"] = cores;
  values_["task_nodes"] = tasks;
  values_["worker_nodes"] = workers;
  values_["least_nodemanager_mb"] = least_mb;
  values_["largest_nodemanager_mb"] = largest_mb;
  values_["total_nodemanager_mb"] = total_mb;
  values_["least_worker_cpus"] = std::max(1.0, least_cpus);
  values_["largest_worker_cpus"] = std::max(1.0, largest_cpus);
}

std::optional<double> SizingFacts::find(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

const std::vector<std::string>& SizingFacts::names() {
  static const std::vector<std::string> kNames = [] {
    // Those of an empty cluster: every built-in fact has a value at any time.
    const SizingFacts facts({}, {}, {}, {});
    std::vector<std::string> names;
    for (const auto& [name, value] : facts.values_) names.push_back(name);
    return names;
  }();
  return kNames;
}

}  // namespace tusker
