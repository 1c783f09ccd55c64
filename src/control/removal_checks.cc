#include "control/removal_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "control/reported.h"

namespace tusker {
namespace {

constexpr double kRoomFactor = 1.1;  // of what leaves, that those that stay must have free
constexpr double kGb = 1 << 30;

// A number that the ready role of a node reports, if its host is connected.
std::optional<std::uint64_t> number_of(const Model& model,
                                       const store::Node& node,
                                       std::string_view role,
                                       const char* fact) {
  const ObservedHost* const host = model.observed(node.host_id());
  const link::NodeStatus* const status = model.status_of(node);
  if (host == nullptr || !host->connected || status == nullptr) return std::nullopt;
  const link::RoleStatus* const reported = role_in(*status, role);
  if (reported == nullptr || reported->state() != link::RoleStatus::READY) return std::nullopt;
  return number_in(*reported, fact);
}

bool runs(const store::Node& node, std::string_view role) {
  return std::any_of(node.roles().begin(), node.roles().end(), [&](const store::Role& one) {
    return one.name() == role;
  });
}

Error refused(std::string message) {
  return Error(ErrorCode::FailedPrecondition, std::move(message));
}

// The cluster's nodes, told apart.
struct Sides {
  std::vector<const store::Node*> leaving;
  std::vector<const store::Node*> staying;
  const store::Node* name_node = nullptr;
};

Result<Sides> tell_apart(const Model& model,
                         const store::Cluster& cluster,
                         const std::vector<std::string>& node_ids) {
  const std::set<std::string> wanted(node_ids.begin(), node_ids.end());
  Sides sides;
  for (const auto& [order, node] : model.nodes_of(cluster.id())) {
    if (runs(*node, "NameNode") && sides.name_node == nullptr) sides.name_node = node;
    (wanted.contains(node->id()) ? sides.leaving : sides.staying).push_back(node);
  }
  for (const store::Node* const node : sides.leaving) {
    if (node->type() == store::CORE || node->type() == store::TASK) continue;
    return Error::make(ErrorCode::InvalidArgument,
                       "{} cannot leave: only core and task nodes can",
                       node->name())
        .with_api_code("InvalidParameter.InvalidResourceIds");
  }
  if (sides.leaving.size() != wanted.size() || wanted.empty()) {
    return Error::make(ErrorCode::InvalidArgument,
                       "{} of the {} nodes are none of cluster {}",
                       wanted.size() - sides.leaving.size(),
                       wanted.size(),
                       cluster.id())
        .with_api_code("InvalidParameter.InvalidResourceIds");
  }
  return sides;
}

Status check_name_node(const Model& model, const Sides& sides) {
  const std::optional<std::uint64_t> missing =
      number_of(model, *sides.name_node, "NameNode", "MissingBlocks");
  if (!missing) {
    return refused(
        fmt::format("the NameNode on {} does not answer, so nobody can tell what would be lost",
                    sides.name_node->name()));
  }
  if (*missing == 0) return ok_status();
  return refused(fmt::format(
      "HDFS misses {} blocks already; bring their nodes back, or delete their files, first (hdfs "
      "fsck / -list-corruptfileblocks)",
      *missing));
}

// Whether this DataNode takes part; one that does not may still have the only replica of a block.
bool serves(const Model& model, const store::Node& node) {
  return number_of(model, node, "DataNode", "Remaining").has_value();
}

struct Space {
  double used = 0;
  double remaining = 0;
  std::uint32_t nodes = 0;
};

// Of those that have a DataNode which serves.
Space space_of(const Model& model, const std::vector<const store::Node*>& nodes) {
  Space space;
  for (const store::Node* const node : nodes) {
    const auto remaining = number_of(model, *node, "DataNode", "Remaining");
    if (!remaining) continue;
    const auto used = number_of(model, *node, "DataNode", "DfsUsed");
    space.used += static_cast<double>(used.value_or(0));
    space.remaining += static_cast<double>(*remaining);
    ++space.nodes;
  }
  return space;
}

// Those that leave serve, and give away what they hold; or others have it again already.
Status check_leaving(const Model& model, const store::Cluster& cluster, const Sides& sides) {
  const auto silent =
      std::find_if(sides.leaving.begin(), sides.leaving.end(), [&](const store::Node* node) {
        return runs(*node, "DataNode") && !serves(model, *node);
      });
  if (silent == sides.leaving.end()) return ok_status();
  const std::string why = why_not_made_up_for(model, cluster);
  if (why.empty()) return ok_status();
  return refused(
      fmt::format("the DataNode on {} does not serve, so its blocks cannot move, and {}; start it "
                  "first",
                  (*silent)->name(),
                  why));
}

}  // namespace

std::string why_not_made_up_for(const Model& model, const store::Cluster& cluster) {
  std::uint64_t silent = 0;
  std::uint64_t capacity = 0;  // of those that serve
  const store::Node* name_node = nullptr;
  for (const auto& [order, node] : model.nodes_of(cluster.id())) {
    if (node->removing() || node->prepared()) continue;
    if (runs(*node, "NameNode") && name_node == nullptr) name_node = node;
    if (!runs(*node, "DataNode")) continue;
    if (!serves(model, *node)) ++silent;
    capacity += number_of(model, *node, "DataNode", "Capacity").value_or(0);
  }
  if (name_node == nullptr) return "there is no NameNode";
  const auto number = [&](const char* fact) {
    return number_of(model, *name_node, "NameNode", fact);
  };
  const std::optional<std::uint64_t> dead = number("NumDeadDataNodes");
  const std::optional<std::uint64_t> counted = number("CapacityTotal");
  if (!dead || !counted) return "the NameNode does not answer";
  // It calls a DataNode dead by the time alone, and looks for its blocks' other copies up to a
  // minute later, when it also takes it out of the capacity.
  if (*dead < silent || *counted > capacity) return "the NameNode has not given it up yet";
  std::uint64_t left = 0;
  for (const char* const fact : {"MissingBlocks",
                                 "UnderReplicatedBlocks",
                                 "PendingReplicationBlocks",
                                 "ScheduledReplicationBlocks"}) {
    const std::optional<std::uint64_t> blocks = number(fact);
    if (!blocks) return "the NameNode does not answer";
    left += *blocks;
  }
  return left == 0 ? "" : fmt::format("{} blocks have fewer copies than they should", left);
}

Status check_removal(const Model& model,
                     const store::Cluster& cluster,
                     const std::vector<std::string>& node_ids,
                     std::uint32_t replicas) {
  TK_TRY(const Sides sides, tell_apart(model, cluster, node_ids));
  if (sides.name_node == nullptr) return ok_status();
  const bool hold_data =
      std::any_of(sides.leaving.begin(), sides.leaving.end(), [](const store::Node* node) {
        return runs(*node, "DataNode");
      });
  if (!hold_data) return ok_status();  // task nodes
  TK_TRY_VOID(check_leaving(model, cluster, sides));
  TK_TRY_VOID(check_name_node(model, sides));
  const Space leaving = space_of(model, sides.leaving);
  const Space staying = space_of(model, sides.staying);
  if (staying.nodes < std::max(replicas, 1U)) {
    return refused(fmt::format(
        "HDFS keeps {} copies of each block, and {} core nodes that serve would stay; fewer "
        "copies first (hdfs dfs -setrep, and dfs.replication), or more nodes",
        replicas,
        staying.nodes));
  }
  if (staying.remaining < kRoomFactor * leaving.used) {
    return refused(fmt::format(
        "{:.1f} GB of blocks would move, and the nodes that stay have {:.1f} GB free; {:.1f} GB "
        "are needed",
        leaving.used / kGb,
        staying.remaining / kGb,
        kRoomFactor * leaving.used / kGb));
  }
  return ok_status();
}

}  // namespace tusker
