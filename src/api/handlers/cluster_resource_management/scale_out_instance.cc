#include "api/client_token.h"
#include "api/errors.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "control/controller.h"
#include "model/model.h"
#include "plan/growth.h"

namespace tusker::api::handlers {
namespace {

constexpr std::uint64_t kMostTasks = 20;  // docs/reference/semantics.md 2.10

Error not_supported(std::string_view parameter, std::string_view why) {
  return api_error(code::kUnsupportedOperation, "{}: {}", parameter, why);
}

Status check_supported(const ScaleOutInstanceRequest& request) {
  if (request.hardware_resource_type.value_or("HOST") != "HOST" || request.pod_spec ||
      request.pod_parameter)
    return not_supported("HardwareResourceType", "nodes are containers of hosts here, not pods");
  if (!request.pre_executed_file_settings.empty())
    return not_supported("PreExecutedFileSettings",
                         "scripts at the start of nodes are not built yet");
  if (!request.un_necessary_node_list.empty() || !request.soft_deploy_info.empty() ||
      !request.service_node_info.empty())
    return not_supported("SoftDeployInfo", "new nodes run what nodes of their type run");
  if (!request.yarn_node_label.value_or("").empty())
    return not_supported("YarnNodeLabel", "node labels are not built yet");
  if (!request.scale_out_service_conf_assign.value_or("").empty())
    return not_supported("ScaleOutServiceConfAssign", "configuration groups are not built yet");
  if (request.start_service_after_scale_out.value_or("true") != "true")
    return not_supported("StartServiceAfterScaleOut", "services of new nodes are always started");
  if (!request.tags.empty())
    return not_supported("Tags", "nodes show their cluster's; ModifyResourcesTags changes those");
  return check_means_cluster(request.resource_base_type, request.compute_resource_id);
}

struct Growth {
  store::NodeType type = store::NODE_TYPE_NONE;
  std::uint32_t count = 0;
};

// One type of nodes at a time.
Result<Growth> read_growth(const ScaleOutInstanceRequest& request) {
  if (request.master_count.value_or(0) != 0 || request.router_count.value_or(0) != 0)
    return not_supported("MasterCount and RouterCount", "core and task nodes can be added");
  const std::uint64_t core = request.core_count.value_or(0);
  const std::uint64_t task = request.task_count.value_or(0);
  if (core != 0 && task != 0) {
    return api_error(code::kInvalidParameter_InvalidCountNum,
                     "CoreCount is {} and TaskCount {}; add one type of nodes at a time",
                     core,
                     task);
  }
  if (core == 0 && task == 0)
    return api_error(code::kInvalidParameter_InvalidCount,
                     "CoreCount or TaskCount has to be 1 or more");
  if (task > kMostTasks) {
    return api_error(code::kInvalidParameter_InvalidTaskCount,
                     "TaskCount is {}; at most {} are possible in one call",
                     task,
                     kMostTasks);
  }
  constexpr std::uint64_t kMost = UINT32_MAX;
  return Growth{core != 0 ? store::CORE : store::TASK,
                static_cast<std::uint32_t>(std::min(core + task, kMost))};
}

}  // namespace

Result<Answer> scale_out_instance(const ScaleOutInstanceRequest& request, Call& call) {
  const Repeatable repeatable(request.client_token, call);
  TK_TRY(std::optional<Answer> earlier, repeatable.earlier(call));
  if (earlier) return *std::move(earlier);
  TK_TRY_VOID(check_supported(request));
  TK_TRY(const Growth growth, read_growth(request));
  call.cluster_id = request.instance_id;
  TK_TRY(const store::Cluster* const cluster,
         find_live_cluster(call, request.instance_id, code::kResourceNotFound_ClusterNotFound));

  const Model& model = call.services.model;
  std::vector<store::Node> nodes;
  for (const auto& [order, node] : model.nodes_of(cluster->id())) nodes.push_back(*node);
  Controller& controller = call.services.controller;
  TK_TRY_VOID(controller.check_scalable(*cluster));
  TK_TRY(GrowthPlan plan,
         plan_growth(call.services.definitions,
                     controller.inventory(),
                     *cluster,
                     nodes,
                     growth.type,
                     growth.count,
                     call.services.random,
                     call.services.clock.wall()));

  const FlowKeys keys = controller.next_flow(*cluster);
  answer::ScaleOutInstanceResponse response;
  response.instance_id = call.cluster_id;
  const std::string token = request.client_token.value_or("");
  response.client_token = token;
  response.flow_id = static_cast<std::int64_t>(keys.id);
  response.trace_id = keys.trace_id;
  Answer answer;
  encode(response, answer.text);
  TK_TRY(const FlowId flow,
         controller.start_scale_out(
             std::move(plan), {call.caller.secret_id, call.peer}, repeatable.remembered(answer)));
  call.services.log.info(
      "api.scale_out",
      {{"cluster", call.cluster_id}, {"flow", flow}, {"request", call.request_id}});
  return answer;
}

}  // namespace tusker::api::handlers
