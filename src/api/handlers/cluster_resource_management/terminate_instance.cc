#include "api/errors.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "control/controller.h"

namespace tusker::api::handlers {
namespace {

// docs/api-notes.md says which of the published codes can come. RetainTkeCluster keeps a container
// service's cluster: none stands under a cluster of ours, so nothing of one ever goes.
Status check_supported(const TerminateInstanceRequest& request) {
  if (!request.resource_ids.empty()) {
    return api_error(code::kInvalidParameter,
                     "ResourceIds is reserved: TerminateInstance ends the whole cluster; leave it "
                     "out, or take nodes out with TerminateClusterNodes");
  }
  return check_means_cluster(request.resource_base_type, request.compute_resource_id);
}

}  // namespace

Result<Answer> terminate_instance(const TerminateInstanceRequest& request, Call& call) {
  TK_TRY_VOID(check_supported(request));
  call.cluster_id = request.instance_id;
  TK_TRY(const store::Cluster* const cluster,
         find_cluster(call, request.instance_id, code::kResourceNotFound_InstanceNotFound));
  TK_TRY(const FlowId flow,
         call.services.controller.start_terminate(ClusterId(cluster->id()),
                                                  {call.caller.secret_id, call.peer}));
  call.services.log.info(
      "api.terminate",
      {{"cluster", call.cluster_id}, {"flow", flow}, {"request", call.request_id}});
  Answer answer;
  encode(answer::TerminateInstanceResponse{}, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
