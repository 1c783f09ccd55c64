#include "api/bootstrap_scripts.h"
#include "api/errors.h"
#include "api/generated/handlers.h"
#include "api/growth_of_cluster.h"

namespace tusker::api::handlers {
namespace {

Status check_supported(const ScaleOutClusterRequest& request) {
  if (request.hardware_source_type.value_or("HOST") != "HOST" || request.pod_spec_info)
    return not_supported("HardwareSourceType", "nodes are containers of hosts here, not pods");
  if (!request.soft_deploy_info.empty() || !request.service_node_info.empty())
    return not_supported("SoftDeployInfo", "new nodes run what nodes of their type run");
  if (!request.yarn_node_label.value_or("").empty())
    return not_supported("YarnNodeLabel", "node labels are not built yet");
  if (!request.scale_out_service_conf_groups_info.empty()) {
    return not_supported("ScaleOutServiceConfGroupsInfo", "configuration groups are not built yet");
  }
  if (!request.enable_start_service_flag.value_or(true))
    return not_supported("EnableStartServiceFlag", "services of new nodes are always started");
  if (request.resource_spec)
    return not_supported("ResourceSpec", "new nodes are like those of their type; leave it out");
  if (!request.tags.empty())
    return not_supported("Tags", "nodes show their cluster's; ModifyResourcesTags changes those");
  return ok_status();
}

Result<store::NodeType> type_of(const std::string& flag) {
  if (flag == "CORE") return store::CORE;
  if (flag == "TASK") return store::TASK;
  return not_supported("ScaleOutNodeConfig.NodeFlag", "CORE and TASK nodes can be added");
}

}  // namespace

Result<Answer> scale_out_cluster(const ScaleOutClusterRequest& request, Call& call) {
  TK_TRY_VOID(check_supported(request));
  TK_TRY(const store::NodeType type, type_of(request.scale_out_node_config.node_flag));
  TK_TRY(std::vector<ScriptRequest> scripts, scripts_from(request.script_bootstrap_action_config));
  const Growth growth{.cluster_id = request.instance_id,
                      .type = type,
                      .count = request.scale_out_node_config.node_count,
                      .scripts = std::move(scripts),
                      .client_token = request.client_token};
  return grow_cluster(growth, call, growth_answer<answer::ScaleOutClusterResponse>);
}

}  // namespace tusker::api::handlers
