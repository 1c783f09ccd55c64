#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/definitions.h"
#include "proto/store.pb.h"

namespace tusker {

// Pure functions from what a cluster's nodes are to what their processes get. All sizes in MB of
// 2^20 bytes.

// Beyond its heap a JVM takes about this much (docs/reference/operations.md, YARN and MapReduce).
inline constexpr std::uint32_t kJvmOverheadMb = 100;

// Left to the node itself: max(128 MB, 10 %).
std::uint32_t node_reserve_mb(std::uint32_t memory_mb);

// The roles that a node runs: those recorded in its row, or, while it is being planned, those that
// the definitions of the cluster's components put there. In the definitions' order. `nodes` are all
// of the cluster's; those being removed do not count.
std::vector<const RoleDefinition*> roles_of(const Definitions& definitions,
                                            const store::Cluster& cluster,
                                            const std::vector<store::Node>& nodes,
                                            const store::Node& node);

// How the memory of one node is divided.
struct NodeMemory {
  std::uint32_t total_mb = 0;
  std::map<std::string, std::uint32_t> heap_mb;  // role -> heap
  std::uint32_t nodemanager_mb =
      0;  // for tasks: total − Σ(heap + 100) − reserve; 0 without a NodeManager
  std::uint32_t needed_mb = 0;  // the least total at which these roles work
};

// ResourceExhausted-free: a node that is too small has needed_mb > total_mb and heaps at their
// minima.
NodeMemory divide_memory(std::uint32_t total_mb, const std::vector<const RoleDefinition*>& roles);

// The figures that formulas may name, for one node of a cluster.
class SizingFacts {
 public:
  SizingFacts(const Definitions& definitions,
              const store::Cluster& cluster,
              const std::vector<store::Node>& nodes,
              const store::Node& node);

  // Built-in facts, then the facts that the cluster's components define. Nothing: no such fact, or
  // its formula fails.
  std::optional<double> find(std::string_view name) const;
  const NodeMemory& memory() const { return memory_; }

  // Names of the built-in facts, sorted.
  static const std::vector<std::string>& names();

 private:
  void add_cluster_facts(const std::vector<store::Node>& nodes,
                         const std::vector<NodeMemory>& memories);

  std::map<std::string, double, std::less<>> values_;
  NodeMemory memory_;
};

}  // namespace tusker
