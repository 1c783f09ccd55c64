#include "api/arena.h"
#include "api/generated/handlers.h"
#include "api/job_steps.h"

namespace tusker::api::handlers {
namespace {

std::string_view word_of(store::Job::State state) {
  switch (state) {
    case store::Job::RESOURCE_APPLIED:
      return "JobFlowResourceApplied";
    case store::Job::RESOURCE_READY:
      return "JobFlowResourceReady";
    case store::Job::STEPS_RUNNING:
      return "JobFlowStepsRunning";
    case store::Job::STEPS_COMPLETE:
      return "JobFlowStepsComplete";
    case store::Job::RELEASING:
      return "JobFlowTerminating";
    case store::Job::FINISHED:
      return "JobFlowFinish";
    default:
      return "JobFlowInit";
  }
}

// The API has no word for a step that will never run: clients wait while one is in Init.
std::string_view word_of(store::Step::State state) {
  switch (state) {
    case store::Step::WAITING:
      return "JobFlowStepStatusInit";
    case store::Step::RUNNING:
      return "JobFlowStepStatusRunning";
    case store::Step::SUCCEEDED:
      return "JobFlowStepStatusSucceed";
    default:
      return "JobFlowStepStatusFailed";
  }
}

}  // namespace

Result<Answer> describe_job_flow(const DescribeJobFlowRequest& request, Call& call) {
  TK_TRY(const store::Job* const job, find_job(call, request.job_flow_id));
  call.cluster_id = job->cluster_id();
  Arena arena;
  answer::DescribeJobFlowResponse response;
  response.state = word_of(job->state());
  response.details = arena.each(job->steps(), [](const store::Step& step) {
    answer::JobResult result;
    result.name = step.name();
    result.action_on_failure = step.failure_ends_job() ? "TERMINATE_CLUSTER" : "CONTINUE";
    result.job_state = word_of(step.state());
    if (!step.applications().empty())
      result.application_id = *step.applications().rbegin();  // the newest
    return result;
  });
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
