#include "api/bootstrap_scripts.h"
#include "api/errors.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "api/growth_of_cluster.h"

namespace tusker::api::handlers {
namespace {

Status check_supported(const ScaleOutInstanceRequest& request) {
  if (request.hardware_resource_type.value_or("HOST") != "HOST" || request.pod_spec ||
      request.pod_parameter)
    return not_supported("HardwareResourceType", "nodes are containers of hosts here, not pods");
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
  if (core == 0 && task == 0) {
    return api_error(code::kInvalidParameter_InvalidCount,
                     "CoreCount or TaskCount has to be 1 or more");
  }
  TK_TRY(std::vector<ScriptRequest> scripts, scripts_from(request.pre_executed_file_settings));
  return Growth{.cluster_id = request.instance_id,
                .type = core != 0 ? store::CORE : store::TASK,
                .count = core + task,
                .scripts = std::move(scripts),
                .client_token = request.client_token};
}

}  // namespace

Result<Answer> scale_out_instance(const ScaleOutInstanceRequest& request, Call& call) {
  TK_TRY_VOID(check_supported(request));
  TK_TRY(const Growth growth, read_growth(request));
  return grow_cluster(growth, call, growth_answer<answer::ScaleOutInstanceResponse>);
}

}  // namespace tusker::api::handlers
