#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "plan/definitions.h"
#include "plan/inventory.h"
#include "proto/store.pb.h"

namespace tusker {

// The steps by which rows of new nodes become complete, for a new cluster and for one that grows.
// `nodes` are all of the cluster, the new ones too.

// Rows of `count` nodes, whose indexes go on from `first_index`: what they are, not yet where and
// with what.
std::vector<store::Node> start_nodes(const std::string& cluster_id,
                                     store::NodeType type,
                                     std::uint32_t first_index,
                                     std::uint32_t count,
                                     const store::NodeSpec& spec,
                                     Random& random,
                                     WallTime now);

// Whether the processes of each new node fit into it at all: a matter of the request, not of hosts.
// InvalidArgument with InvalidParameter.InvalidResourceSpec.
Status check_sizes(const Definitions& definitions,
                   const store::Cluster& cluster,
                   const std::vector<store::Node>& nodes,
                   std::span<const store::Node> new_nodes);

// Gives each a host that can run `image`, and an address. Errors as place_nodes().
Status place(const Inventory& inventory,
             const store::Bundle& image,
             std::span<store::Node> new_nodes);

// For how many nodes of this spec place() would find room at once, all their disks filled in.
std::uint64_t count_room(const Inventory& inventory,
                         const store::Bundle& image,
                         const store::NodeSpec& spec);

// Disks and roles, from the definitions.
Status add_roles(const Definitions& definitions,
                 const store::Cluster& cluster,
                 const std::vector<store::Node>& nodes,
                 store::Node& node);

}  // namespace tusker
