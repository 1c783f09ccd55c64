#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "api/job_steps.h"
#include "control/controller.h"

namespace tusker::api::handlers {

Result<Answer> cancel_job(const CancelJobRequest& request, Call& call) {
  TK_TRY(const store::Job* const job, find_job(call, request.job_flow_id));
  call.cluster_id = job->cluster_id();
  const Status done =
      call.services.controller.cancel_job(JobId{job->id()}, {call.caller.secret_id, call.peer});
  if (!done.ok()) {
    return Error(done.error()).with_api_code(code::kFailedOperation_JobNotCancellable);
  }
  Answer answer;
  encode(answer::CancelJobResponse{}, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
