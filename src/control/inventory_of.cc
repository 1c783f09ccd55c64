#include "control/inventory_of.h"

#include <algorithm>

namespace tusker {
namespace {

std::uint64_t less(std::uint64_t a, std::uint64_t b) {
  return a > b ? a - b : 0;
}

std::uint64_t disk_bytes_of(const store::Node& node) {
  std::uint64_t bytes = 0;
  for (const store::Disk& disk : node.disks()) bytes += disk.bytes();
  return bytes;
}

// Of what is free now: planned disks that their host has not allocated yet, and what thin ones may
// still grow by.
std::uint64_t not_allocated(const Model& model, const store::Node& node) {
  const link::NodeStatus* status = model.status_of(node);
  // A node that failed may have its disks or not: counted as if it had none, which errs towards
  // refusing.
  const bool made = status != nullptr && status->state() != link::NodeStatus::CREATING &&
                    status->state() != link::NodeStatus::FAILED;
  if (!made) return node.removing() ? 0 : disk_bytes_of(node);
  const bool thin = std::any_of(node.disks().begin(),
                                node.disks().end(),
                                [](const store::Disk& disk) { return disk.thin(); });
  return thin ? less(disk_bytes_of(node), status->disk_used_bytes()) : 0;
}

HostInventory inventory_of(const Model& model, const store::Host& host) {
  HostInventory out;
  out.host = host;
  const ObservedHost* observed = model.observed(host.id());
  out.connected = observed != nullptr && observed->connected && observed->reported;
  const Reservation reserved = model.reserved_on(host.id());
  out.free_memory_bytes = less(host.memory_bytes(), reserved.memory_bytes);
  out.free_cpus = static_cast<double>(host.cpus()) - static_cast<double>(reserved.cpus);
  std::uint64_t promised = 0;
  for (const auto& [id, node] : model.nodes_on(host.id())) {
    out.used_addresses.insert(node->address());
    promised += not_allocated(model, *node);
  }
  out.free_disk_bytes = out.connected ? less(observed->facts.disk_free_bytes(), promised)
                                      : less(host.disk_total_bytes(), reserved.disk_bytes);
  return out;
}

}  // namespace

Inventory inventory_of(const Model& model) {
  Inventory inventory;
  for (const auto& [id, host] : model.hosts()) inventory.hosts.push_back(inventory_of(model, host));
  for (const auto& [digest, bundle] : model.bundles()) inventory.bundles.push_back(bundle);
  return inventory;
}

}  // namespace tusker
