#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "control/controller.h"

namespace tusker::api::handlers {

Result<Answer> delete_key(const DeleteKeyRequest& request, Call& call) {
  const Status done = call.services.controller.delete_key(
      request.secret_id, call.caller.account, {call.caller.secret_id, call.peer});
  if (!done.ok()) {
    return Error(done.error())
        .with_api_code(done.error().code() == ErrorCode::NotFound
                           ? code::kResourceNotFound_KeyNotFound
                           : code::kFailedOperation_KeyNotDeletable);
  }
  Answer answer;
  encode(answer::DeleteKeyResponse{}, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
