#include "api/errors.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "control/controller.h"

namespace tusker::api::handlers {
namespace {

Status check_supported(const TerminateInstanceRequest& request) {
  if (!request.resource_ids.empty()) {
    return api_error(
        code::kUnsupportedOperation,
        "ResourceIds is reserved: TerminateInstance ends the whole cluster; leave it out");
  }
  return check_means_cluster(request.resource_base_type, request.compute_resource_id);
}

}  // namespace

Result<Answer> terminate_instance(const TerminateInstanceRequest& request, Call& call) {
  TK_TRY_VOID(check_supported(request));
  call.cluster_id = request.instance_id;
  TK_TRY(const store::Cluster* const cluster,
         find_cluster(call, request.instance_id, code::kResourceNotFound_InstanceNotFound));
  Result<FlowId> flow = call.services.controller.start_terminate(
      ClusterId(cluster->id()), {call.caller.secret_id, call.peer});
  if (!flow.ok() && flow.error().code() == ErrorCode::NotFound) {
    return std::move(flow).error().with_api_code(code::kResourceNotFound_InstanceNotFound);
  }
  if (!flow.ok()) return std::move(flow).error();
  call.services.log.info(
      "api.terminate",
      {{"cluster", call.cluster_id}, {"flow", *flow}, {"request", call.request_id}});
  Answer answer;
  encode(answer::TerminateInstanceResponse{}, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
