#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "control/controller.h"
#include "model/model.h"

namespace tusker::api::handlers {

Result<Answer> clean_host(const CleanHostRequest& request, Call& call) {
  const HostId host(request.host_id);
  if (call.services.model.host(host.text()) == nullptr)
    return no_host(host).with_api_code(code::kResourceNotFound_HostNotFound);
  const Status done = call.services.controller.clean_host(
      host, request.resource_ids, {call.caller.secret_id, call.peer});
  if (!done.ok()) {
    return Error(done.error())
        .with_api_code(done.error().code() == ErrorCode::NotFound
                           ? code::kResourceNotFound_NodeNotFound
                           : code::kFailedOperation_HostAway);
  }
  Answer answer;
  encode(answer::CleanHostResponse{}, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
