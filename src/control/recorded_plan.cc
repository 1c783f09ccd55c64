#include "control/recorded_plan.h"

#include <map>
#include <set>

#include "model/network.h"

namespace tusker {
namespace {

Status check_address(const Model& model, const store::Node& node, std::set<std::string>& used) {
  const store::Host* host = model.host(node.host_id());
  if (host == nullptr) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "{} is planned on host {}, which is not here any more; plan again",
                       node.name(),
                       node.host_id());
  }
  TK_TRY(const Cidr subnet, parse_cidr(host->subnet()));
  TK_TRY(const std::uint32_t address, parse_address(node.address()));
  bool taken = !subnet.contains(address) || address <= bridge_address(subnet) ||
               !used.insert(node.address()).second;
  for (const auto& [id, other] : model.nodes_on(node.host_id()))
    taken = taken || other->address() == node.address();
  if (!taken) return ok_status();
  return Error::make(ErrorCode::FailedPrecondition,
                     "address {} of {} is not free on host {} any more; plan again",
                     node.address(),
                     node.name(),
                     host->name());
}

}  // namespace

Status check_plan(const Model& model, const ClusterPlan& plan) {
  if (model.cluster(plan.cluster.id()) != nullptr) {
    return Error::make(ErrorCode::AlreadyExists, "cluster {} exists", plan.cluster.id());
  }
  return check_new_nodes(model, plan.nodes);
}

Status check_new_nodes(const Model& model, const std::vector<store::Node>& nodes) {
  std::set<std::string> ids;
  std::set<std::string> addresses;
  std::map<std::string, std::uint64_t> memory;
  for (const store::Node& node : nodes) {
    if (model.node(node.id()) != nullptr || !ids.insert(node.id()).second) {
      return Error::make(ErrorCode::AlreadyExists, "node {} exists", node.id());
    }
    TK_TRY_VOID(check_address(model, node, addresses));
    memory[node.host_id()] += node.spec().memory_bytes();
  }
  for (const auto& [host, bytes] : memory) {
    const std::uint64_t has = model.host(host)->memory_bytes();
    const std::uint64_t held = model.reserved_on(host).memory_bytes;
    if (bytes <= has && held <= has - bytes) continue;
    return Error::make(ErrorCode::FailedPrecondition,
                       "host {} has {} bytes of memory, {} are held and {} are planned; plan again",
                       host,
                       has,
                       held,
                       bytes);
  }
  return ok_status();
}

Change record_plan(const Model& model, const ClusterPlan& plan) {
  Change change;
  for (const store::FileContent& file : plan.files) {
    if (model.file(file.digest()) == nullptr) change.put(file);
  }
  for (const store::Node& node : plan.nodes) change.put(node);
  return change;
}

}  // namespace tusker
