#include "api/growth_of_cluster.h"

#include <algorithm>

#include "api/errors.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "model/model.h"
#include "plan/growth.h"

namespace tusker::api {
namespace {

constexpr std::uint64_t kMostTasks = 20;  // in one call: docs/reference/semantics.md 2.10

Status check_count(const Growth& growth) {
  if (growth.type != store::TASK || growth.count <= kMostTasks) return ok_status();
  return api_error(code::kInvalidParameter_InvalidTaskCount,
                   "{} task nodes are asked for; at most {} are possible in one call",
                   growth.count,
                   kMostTasks);
}

Result<GrowthPlan> plan_of(const Growth& growth, const store::Cluster& cluster, const Call& call) {
  const Services& services = call.services;
  TK_TRY_VOID(services.controller.check_scalable(cluster));
  std::vector<store::Node> nodes;
  for (const auto& [order, node] : services.model.nodes_of(cluster.id())) nodes.push_back(*node);
  constexpr std::uint64_t kMost = UINT32_MAX;
  return plan_growth(services.definitions,
                     services.controller.inventory(),
                     cluster,
                     nodes,
                     growth.type,
                     static_cast<std::uint32_t>(std::min(growth.count, kMost)),
                     growth.scripts,
                     services.random,
                     services.clock.wall());
}

}  // namespace

Result<Answer> grow_cluster(const Growth& growth, Call& call, GrowthAnswer write) {
  const Repeatable repeatable(growth.client_token, call);
  TK_TRY(std::optional<Answer> earlier, repeatable.earlier(call));
  if (earlier) return *std::move(earlier);
  TK_TRY_VOID(check_count(growth));
  call.cluster_id = growth.cluster_id;
  TK_TRY(const store::Cluster* const cluster,
         find_live_cluster(call, growth.cluster_id, code::kResourceNotFound_ClusterNotFound));
  TK_TRY(GrowthPlan plan, plan_of(growth, *cluster, call));
  const Answer answer = write(growth, call.services.controller.next_flow(*cluster));
  TK_TRY(const FlowId flow,
         call.services.controller.start_scale_out(
             std::move(plan), {call.caller.secret_id, call.peer}, repeatable.remembered(answer)));
  call.services.log.info(
      "api.scale_out",
      {{"cluster", call.cluster_id}, {"flow", flow}, {"request", call.request_id}});
  return answer;
}

}  // namespace tusker::api
