#include "api/arena.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "control/host_trouble.h"
#include "control/node_checks.h"
#include "control/reported.h"
#include "control/telling_line.h"
#include "model/model.h"
#include "model/transitions.h"
#include "plan/request_checks.h"

namespace tusker::api::handlers {
namespace {

std::int64_t as_number(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

// What the server has decided of a node comes before what its host reports.
std::string_view state_of(const store::Node& node, const link::NodeStatus* status) {
  if (node.removing()) return "removing";
  if (node.prepared()) return "prepared";
  if (status == nullptr) return "unknown";
  if (node.leaving() && status->state() == link::NodeStatus::RUNNING) return "leaving";
  return status->state() == link::NodeStatus::LOST ? "lost" : word_of(status->state());
}

// Of a process that has just been started again, what ended the one before says more than that it
// does not answer yet.
std::string why_not_ready(const link::RoleStatus& role) {
  if (role.state() == link::RoleStatus::DOWN) return end_text(role.last_exit_code(), role.log());
  if (role.not_ready().empty() || role.restarts() == 0) return role.not_ready();
  return fmt::format("{}; before, it {}", role.not_ready(), end_text(role.last_exit_code(), {}));
}

answer::NodeRole role_of(const store::Role& planned, const link::NodeStatus* node, Arena& arena) {
  const link::RoleStatus* const role = node == nullptr ? nullptr : role_in(*node, planned.name());
  answer::NodeRole shown;
  shown.name = planned.name();
  shown.component = planned.component();
  shown.state = role == nullptr ? "unknown" : word_of(role->state());
  if (role == nullptr) return shown;
  shown.not_ready = arena.copy(why_not_ready(*role));
  if (!role->log().empty()) shown.last_log = *role->log().rbegin();
  shown.restarts = role->restarts();
  shown.memory_bytes = as_number(role->memory_bytes());
  return shown;
}

void fill_host(const store::Node& node,
               const Model& model,
               Time now,
               answer::NodeDetail& shown,
               Arena& arena) {
  const store::Host* const host = model.host(node.host_id());
  const ObservedHost* const observed = model.observed(node.host_id());
  const link::NodeStatus* const status = model.status_of(node);
  shown.host_id = node.host_id();
  if (host != nullptr) shown.host_name = host->name();
  shown.host_connected = observed != nullptr && observed->connected;
  shown.state = state_of(node, status);
  shown.note = arena.copy(fetching(model, node));
  shown.roles =
      arena.each(node.roles(), [&](const auto& role) { return role_of(role, status, arena); });
  if (status == nullptr) return;
  if (shown.note.empty()) shown.note = status->failure().message();
  if (shown.note.empty()) shown.note = arena.copy(host_trouble(model, node.host_id(), now));
  shown.memory_used_bytes = as_number(status->memory_used_bytes());
  shown.disk_used_bytes = as_number(status->disk_used_bytes());
}

answer::NodeDetail detail_of(const store::Cluster& cluster,
                             const store::Node& node,
                             const Model& model,
                             Time now,
                             Arena& arena) {
  answer::NodeDetail shown;
  shown.instance_id = cluster.id();
  shown.instance_name = cluster.name();
  shown.resource_id = node.id();
  shown.name = node.name();
  shown.node_type = node_type_word(node.type());
  shown.address = node.address();
  shown.cpus = node.spec().cpus();
  shown.memory_bytes = as_number(node.spec().memory_bytes());
  shown.disk_bytes = arena.each(node.spec().disk_bytes(), as_number);
  shown.add_time = arena.time(WallTime{node.created_wall_ms()});
  fill_host(node, model, now, shown, arena);
  return shown;
}

Result<std::vector<const store::Cluster*>> clusters_asked(const DescribeNodesRequest& request,
                                                          const Call& call) {
  std::vector<const store::Cluster*> clusters;
  if (request.instance_id) {
    TK_TRY(const store::Cluster* const cluster,
           find_live_cluster(call, *request.instance_id, code::kResourceNotFound_InstanceNotFound));
    clusters.push_back(cluster);
    return clusters;
  }
  for (const auto& [number, listed] : call.services.model.clusters_of(call.caller.account)) {
    if (!has_ended(listed.row->state())) clusters.push_back(listed.row);
  }
  return clusters;
}

}  // namespace

Result<Answer> describe_nodes(const DescribeNodesRequest& request, Call& call) {
  TK_TRY(const std::vector<const store::Cluster*> clusters, clusters_asked(request, call));
  const Model& model = call.services.model;
  Arena arena;
  std::vector<answer::NodeDetail> nodes;
  for (const store::Cluster* const cluster : clusters) {
    for (const auto& [order, node] : model.nodes_of(cluster->id()))
      nodes.push_back(detail_of(*cluster, *node, model, call.services.clock.now(), arena));
  }
  answer::DescribeNodesResponse response;
  response.nodes = arena.each(nodes, [](const auto& node) { return node; });
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
