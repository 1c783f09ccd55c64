#include "plan/growth.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/new_nodes.h"
#include "plan/request_checks.h"
#include "plan/sizing.h"

namespace tusker {
namespace {

constexpr std::uint32_t kMostAtOnce = 100;

store::NodeGroup* find_group(store::Cluster& cluster, store::NodeType type) {
  for (store::NodeGroup& group : *cluster.mutable_groups()) {
    if (group.type() == type) return &group;
  }
  return nullptr;
}

// The cluster's group of this type; one is made after the core nodes' for its first task nodes.
Result<store::NodeGroup*> group_for(store::Cluster& cluster, store::NodeType type) {
  if (type != store::CORE && type != store::TASK) {
    return Error::make(ErrorCode::Unsupported,
                       "a cluster of {} cannot get more {} nodes; core and task nodes can be added",
                       cluster.release(),
                       node_type_word(type))
        .with_api_code("UnsupportedOperation");
  }
  if (store::NodeGroup* group = find_group(cluster, type)) return group;
  const store::NodeGroup* const core = find_group(cluster, store::CORE);
  store::NodeGroup group;
  if (core != nullptr) group = *core;
  group.set_type(type);
  group.set_last_index(0);
  *cluster.add_groups() = std::move(group);
  return &*cluster.mutable_groups()->rbegin();
}

Status check_count(std::uint32_t count) {
  if (count >= 1 && count <= kMostAtOnce) return ok_status();
  return Error::make(ErrorCode::InvalidArgument,
                     "{} nodes are to be added; expected 1 to {} at once",
                     count,
                     kMostAtOnce)
      .with_api_code("InvalidParameter.InvalidCount");
}

Result<const store::Bundle*> image_of(const Inventory& inventory, const store::Node& node) {
  for (const store::Bundle& bundle : inventory.bundles) {
    if (bundle.digest() == node.image()) return &bundle;
  }
  return Error::make(ErrorCode::FailedPrecondition,
                     "the node image {} that this cluster runs from is not here any more",
                     node.image())
      .with_api_code("FailedOperation");
}

const store::Node& example_of(const std::vector<store::Node>& nodes, store::NodeType type) {
  const auto same = std::find_if(
      nodes.begin(), nodes.end(), [&](const store::Node& node) { return node.type() == type; });
  return same == nodes.end() ? nodes.back() : *same;
}

std::uint64_t count_of(const std::vector<store::Node>& nodes, store::NodeType type) {
  return static_cast<std::uint64_t>(
      std::count_if(nodes.begin(), nodes.end(), [&](const store::Node& node) {
        return node.type() == type && !node.removing();
      }));
}

}  // namespace

Result<GrowthPlan> plan_growth(const Definitions& definitions,
                               const Inventory& inventory,
                               const store::Cluster& cluster,
                               const std::vector<store::Node>& nodes,
                               store::NodeType type,
                               std::uint32_t count,
                               const std::vector<ScriptRequest>& scripts,
                               Random& random,
                               WallTime now) {
  TK_TRY_VOID(check_count(count));
  TK_TRY_VOID(check_scripts(scripts));
  if (count_of(nodes, store::MASTER) == 0) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "cluster {} has lost its master with a host, and nothing can join it; "
                       "terminate it",
                       cluster.name());
  }
  GrowthPlan plan;
  plan.cluster = cluster;
  TK_TRY(store::NodeGroup* const group, group_for(plan.cluster, type));
  plan.nodes =
      start_nodes(cluster.id(), type, group->last_index() + 1, count, group->spec(), random, now);
  group->set_last_index(group->last_index() + count);
  const store::Node& example = example_of(nodes, type);
  TK_TRY(const store::Bundle* const image, image_of(inventory, example));

  std::vector<store::Node> all = nodes;
  all.insert(all.end(), plan.nodes.begin(), plan.nodes.end());
  TK_TRY_VOID(check_sizes(definitions, plan.cluster, all, plan.nodes));
  TK_TRY_VOID(place(inventory, *image, plan.nodes));
  const std::vector<store::Script> own_scripts = script_rows(scripts);
  for (store::Node& node : plan.nodes) {
    node.set_prepared(true);
    node.set_image(example.image());
    *node.mutable_mounts() = example.mounts();
    *node.mutable_scripts() = cluster.scripts();
    if (!own_scripts.empty()) *node.mutable_scripts() = {own_scripts.begin(), own_scripts.end()};
    TK_TRY_VOID(add_roles(definitions, plan.cluster, all, node));
  }
  all.resize(nodes.size());
  all.insert(all.end(), plan.nodes.begin(), plan.nodes.end());
  std::vector<store::Host> hosts;
  for (const HostInventory& host : inventory.hosts) hosts.push_back(host.host);
  TK_TRY(plan.files, render_cluster(definitions, plan.cluster, all, hosts, inventory.bundles));
  for (store::FileContent& content : script_contents(scripts))
    plan.files.contents.push_back(std::move(content));
  if (type == store::CORE && count_of(nodes, type) == 1) {
    plan.warnings.emplace_back(
        "files that HDFS has already keep their 1 copy; `hdfs dfs -setrep -R 2 /` makes a second "
        "one");
  }
  return plan;
}

}  // namespace tusker
