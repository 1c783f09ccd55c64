#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/inventory.h"
#include "proto/store.pb.h"

namespace tusker {

// A node that needs a host.
struct NodeDemand {
  std::string name;  // core-1
  store::NodeType type = store::NODE_TYPE_NONE;
  std::uint64_t memory_bytes = 0;
  std::uint64_t disk_bytes = 0;  // of disks that are allocated; thin ones count as 1 GiB each
};

struct Placed {
  const HostInventory* host = nullptr;
  std::string address;
};

// One host and address for each demand, in order. Nodes of a type are spread over hosts and racks,
// then the host with most free memory is taken; equal hosts by name, so the same inventory gives
// the same answer. Only connected hosts that are not cordoned and whose architecture fits
// `architecture` (Debian's or uname's word; "" fits all). Pure.
//
// ResourceExhausted with ResourceInsufficient.InstanceInsufficient or .DiskInsufficient: each host,
// what it has, what is missing.
Result<std::vector<Placed>> place_nodes(const std::vector<HostInventory>& hosts,
                                        const std::vector<NodeDemand>& demands,
                                        const std::string& architecture);

// For how many nodes like this one place_nodes() would find room at once. Pure.
std::uint64_t count_room(const std::vector<HostInventory>& hosts,
                         const NodeDemand& demand,
                         const std::string& architecture);

// Whether "amd64" and "x86_64" and the like mean the same machine; an empty word fits everything.
bool same_architecture(std::string_view a, std::string_view b);

}  // namespace tusker
