#include <map>

#include "api/arena.h"
#include "api/create_input.h"
#include "api/generated/handlers.h"
#include "model/model.h"
#include "plan/request_checks.h"

namespace tusker::api::handlers {
namespace {

std::int64_t as_number(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

std::string_view host_name(const Model& model, std::string_view id) {
  const store::Host* const host = model.host(id);
  return host == nullptr ? std::string_view() : std::string_view(host->name());
}

answer::PlannedNode planned_node(const store::Node& node, const Model& model, Arena& arena) {
  answer::PlannedNode shown;
  shown.name = node.name();
  shown.node_type = node_type_word(node.type());
  shown.host_id = node.host_id();
  shown.host_name = host_name(model, node.host_id());
  shown.address = node.address();
  shown.cpus = node.spec().cpus();
  shown.memory_bytes = as_number(node.spec().memory_bytes());
  shown.disk_bytes = arena.each(node.spec().disk_bytes(), as_number);
  shown.roles = arena.each(node.roles(), [](const store::Role& role) {
    return answer::PlannedRole{.name = role.name(),
                               .component = role.component(),
                               .heap_bytes = as_number(role.heap_bytes())};
  });
  return shown;
}

List<answer::PlannedHost> planned_hosts(const std::vector<store::Node>& nodes,
                                        const Model& model,
                                        Arena& arena) {
  std::map<std::string_view, answer::PlannedHost> hosts;
  for (const store::Node& node : nodes) {
    answer::PlannedHost& host = hosts[node.host_id()];
    host.host_id = node.host_id();
    host.host_name = host_name(model, node.host_id());
    ++host.nodes;
    host.memory_bytes += as_number(node.spec().memory_bytes());
    for (const std::uint64_t bytes : node.spec().disk_bytes()) host.disk_bytes += as_number(bytes);
  }
  return arena.each(hosts, [](const auto& entry) { return entry.second; });
}

}  // namespace

Result<Answer> plan_instance(const CreateInstanceRequest& request, Call& call) {
  TK_TRY(const ClusterPlan plan, plan_from(request, call));
  const Model& model = call.services.model;
  answer::PlanInstanceResponse response;
  response.release = plan.cluster.release();
  Arena arena;
  response.software = arena.texts(plan.cluster.software());
  response.nodes =
      arena.each(plan.nodes, [&](const auto& node) { return planned_node(node, model, arena); });
  response.hosts = planned_hosts(plan.nodes, model, arena);
  response.warnings = arena.texts(plan.warnings);
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
