#include "api/errors.h"
#include "api/flow_lookup.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "control/controller.h"

namespace tusker::api::handlers {

Result<Answer> modify_flow_deadline(const ModifyFlowDeadlineRequest& request, Call& call) {
  TK_TRY(const store::Flow* const flow, find_running_flow(call, request.flow_id));
  const FlowId id{flow->id()};
  const std::string stage = request.stage.value_or(flow->stage());
  Status status =
      call.services.controller.change_deadline(id,
                                               stage,
                                               std::chrono::milliseconds(request.milliseconds),
                                               {call.caller.secret_id, call.peer});
  if (!status.ok()) {
    const bool wrong = status.error().code() == ErrorCode::InvalidArgument;
    return std::move(status).error().with_api_code(wrong ? code::kInvalidParameterValue
                                                         : code::kFailedOperation);
  }
  call.services.log.info("api.deadline",
                         {{"flow", id}, {"stage", stage}, {"request", call.request_id}});
  Answer answer;
  encode(answer::ModifyFlowDeadlineResponse{}, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
