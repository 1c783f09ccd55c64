#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "control/controller.h"

namespace tusker::api::handlers {

Result<Answer> cancel_flow(const CancelFlowRequest& request, Call& call) {
  const FlowId id{request.flow_id};
  const store::Flow* const flow = call.services.model.flow(id);
  const store::Cluster* const cluster =
      flow == nullptr ? nullptr : call.services.model.cluster(flow->cluster_id());
  if (cluster == nullptr || cluster->account() != call.caller.account) {
    return api_error(code::kResourceNotFound_FlowNotFound,
                     "no flow {} runs; DescribeFlows tells how it ended",
                     request.flow_id);
  }
  call.cluster_id = cluster->id();
  Status status = call.services.controller.cancel_flow(id, {call.caller.secret_id, call.peer});
  if (!status.ok() && status.error().code() == ErrorCode::FailedPrecondition) {
    return std::move(status).error().with_api_code(code::kFailedOperation_FlowNotCancellable);
  }
  if (!status.ok()) return std::move(status).error();
  call.services.log.info("api.cancel", {{"flow", id}, {"request", call.request_id}});
  Answer answer;
  encode(answer::CancelFlowResponse{}, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
