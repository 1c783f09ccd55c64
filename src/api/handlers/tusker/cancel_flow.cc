#include "api/errors.h"
#include "api/flow_lookup.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "control/controller.h"

namespace tusker::api::handlers {

Result<Answer> cancel_flow(const CancelFlowRequest& request, Call& call) {
  TK_TRY(const store::Flow* const flow, find_running_flow(call, request.flow_id));
  const FlowId id{flow->id()};
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
