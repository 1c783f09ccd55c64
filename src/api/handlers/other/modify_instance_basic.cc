#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "control/controller.h"
#include "plan/name_rules.h"

namespace tusker::api::handlers {

// The name is a label: nothing in a cluster's nodes has it, so it changes at once, also while a
// flow runs.
Result<Answer> modify_instance_basic(const ModifyInstanceBasicRequest& request, Call& call) {
  TK_TRY_VOID(check_means_cluster(request.resource_base_type, request.compute_resource_id));
  call.cluster_id = request.instance_id;
  TK_TRY(const store::Cluster* const cluster,
         find_live_cluster(call, request.instance_id, code::kResourceNotFound_InstanceNotFound));
  TK_TRY_VOID(check_cluster_name("ClusterName", request.cluster_name));
  call.services.controller.rename_cluster(
      ClusterId(cluster->id()), request.cluster_name, {call.caller.secret_id, call.peer});
  Answer answer;
  encode(answer::ModifyInstanceBasicResponse{}, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
