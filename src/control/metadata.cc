#include "control/metadata.h"

#include <algorithm>

#include "control/role_operations.h"

namespace tusker {

std::optional<MetadataHolders> metadata_of(const Model& model,
                                           const ClusterRules& rules,
                                           const store::Cluster& cluster) {
  std::vector<store::Node> nodes;
  for (const auto& [order, node] : model.nodes_of(cluster.id())) nodes.push_back(*node);
  if (nodes.empty()) return std::nullopt;
  return rules.metadata(cluster, nodes);
}

std::uint64_t newest_copy(const store::Cluster& cluster) {
  const auto& copies = cluster.metadata_copies();
  return copies.empty() ? 0 : copies.rbegin()->number();
}

bool is_copy_due(const store::Cluster& cluster, Duration every, WallTime wall) {
  const std::int64_t last = cluster.metadata_copies().empty()
                                ? cluster.running_since_wall_ms()
                                : cluster.metadata_copies().rbegin()->wall_ms();
  return std::chrono::milliseconds(std::abs(wall.ms - last)) >= every;
}

store::Cluster with_copy_wanted(const store::Cluster& cluster) {
  store::Cluster next = cluster;
  next.set_metadata_copies_wanted(std::max(cluster.metadata_copies_wanted(), newest_copy(cluster)) +
                                  1);
  next.clear_metadata_failure();
  return next;
}

store::Cluster with_copy(const store::Cluster& cluster,
                         store::MetadataCopy copy,
                         std::uint32_t keep) {
  store::Cluster next = cluster;
  next.clear_metadata_failure();
  auto& copies = *next.mutable_metadata_copies();
  *copies.Add() = std::move(copy);
  if (copies.size() > static_cast<int>(keep))
    copies.DeleteSubrange(0, copies.size() - static_cast<int>(keep));
  return next;
}

Result<FlowPlan> plan_restore(const Model& model,
                              const ClusterRules& rules,
                              const store::Cluster& cluster,
                              std::optional<std::uint64_t> number) {
  const std::optional<MetadataHolders> holders = metadata_of(model, rules, cluster);
  if (!holders) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "cluster {} has no service whose metadata are copied",
                       cluster.name());
  }
  const auto& copies = cluster.metadata_copies();
  if (copies.empty()) {
    return Error::make(
        ErrorCode::NotFound, "there is no copy of the metadata of cluster {}", cluster.name());
  }
  const std::uint64_t wanted = number.value_or(newest_copy(cluster));
  const auto found =
      std::find_if(copies.begin(), copies.end(), [&](const store::MetadataCopy& copy) {
        return copy.number() == wanted;
      });
  if (found == copies.end()) {
    return Error::make(ErrorCode::NotFound,
                       "there is no copy {} of the metadata of cluster {}: see tusker metadata "
                       "list {}",
                       wanted,
                       cluster.name(),
                       cluster.name());
  }
  FlowPlan plan;
  plan.node_ids = {holders->source.node_id};
  RoleWish wish;
  wish.verb = store::RoleOperation::STOP;
  for (const MetadataHolder& follower : holders->followers)
    wish.roles.push_back({follower.node_id, follower.role->name});
  plan.operation.emplace().set_verb(wish.verb);
  // It may be down already, and stays so until its metadata are there.
  store::RoleOperation::Item& source = *plan.operation->add_items();
  source.set_node_id(holders->source.node_id);
  source.set_role(holders->source.role->name);
  plan.operation->mutable_items()->MergeFrom(plan_operation(model, wish).items());
  plan.restoration.emplace();
  *plan.restoration->mutable_copy() = *found;
  return plan;
}

}  // namespace tusker
