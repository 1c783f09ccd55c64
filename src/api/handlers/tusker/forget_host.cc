#include "api/arena.h"
#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "control/controller.h"
#include "model/model.h"

namespace tusker::api::handlers {

Result<Answer> forget_host(const ForgetHostRequest& request, Call& call) {
  const HostId id(request.host_id);
  const store::Host* const host = call.services.model.host(id.text());
  if (host == nullptr) return no_host(id).with_api_code(code::kResourceNotFound_HostNotFound);
  const auto& on_host = call.services.model.nodes_on(id.text());
  if (!request.data_is_gone.value_or(false)) {
    return api_error(
        code::kFailedOperation_HostNotForgettable,
        "DataIsGone is not true. {} nodes are recorded on host {}: forgetting it gives up "
        "all that they hold, so say that it is gone for ever (--data-is-gone); if it is "
        "not, start its agent again",
        on_host.size(),
        host->name());
  }
  Arena arena;
  answer::ForgetHostResponse response;
  // Copied: the rows are gone when this is encoded.
  response.resource_ids =
      arena.each(on_host, [&](const auto& entry) { return arena.copy(entry.first); });
  const Status done = call.services.controller.forget_host(id, {call.caller.secret_id, call.peer});
  if (!done.ok())
    return Error(done.error()).with_api_code(code::kFailedOperation_HostNotForgettable);
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
