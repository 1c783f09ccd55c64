#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "proto/store.pb.h"

namespace tusker {

// One host as placement sees it: all figures net of what recorded nodes hold, also of those being
// removed.
struct HostInventory {
  store::Host host;
  bool connected = false;
  std::uint64_t free_memory_bytes = 0;  // memory_bytes less the limits of all its nodes
  std::uint64_t free_disk_bytes = 0;    // free now, less what planned disks have not allocated yet
  double free_cpus = 0;  // cpus less those of its nodes; below 0 when weights share cores
  std::set<std::string> used_addresses;  // of its /26, the bridge's first address excepted
};

// What a plan may use. A value: the model makes one, so planning never sees the model.
struct Inventory {
  std::vector<HostInventory> hosts;
  std::vector<store::Bundle> bundles;  // images, component bundles and class-data-sharing archives
};

// What stays free on every host: never given to a node (docs/reference/operations.md, Hosts).
std::uint64_t memory_reserve(std::uint64_t memory_bytes);    // max(512 MiB, 5 %)
std::uint64_t disk_reserve(std::uint64_t disk_total_bytes);  // 10 %, from 2 GiB to 10 GiB

}  // namespace tusker
