#include <ranges>

#include "api/arena.h"
#include "api/failure_info.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "api/job_steps.h"
#include "control/jobs.h"
#include "model/model.h"

namespace tusker::api::handlers {
namespace {

constexpr std::size_t kMost = 200;

answer::JobStepInfo step_info(const Model& model, const store::Job& job, int number, Arena& arena) {
  const store::Step& step = job.steps(number - 1);
  answer::JobStepInfo info;
  info.name = step.name();
  info.job_type = step.type();
  info.args = arena.texts(step.arguments());
  info.state = arena.copy(store::Step::State_Name(step.state()));
  info.resource_id = step.node_id();
  if (const store::Node* const node = model.node(step.node_id())) info.node = node->name();
  if (!step.node_id().empty()) info.log = arena.copy(log_of_step(job, number));
  info.application_ids = arena.texts(step.applications());
  info.start_time = arena.time(WallTime{step.started_wall_ms()});
  info.end_time = arena.time(WallTime{step.ended_wall_ms()});
  if (step.has_reason()) info.failed_reason = failure_info(step.reason(), arena);
  return info;
}

answer::JobInfo job_info(const Model& model, const store::Job& job, Arena& arena) {
  answer::JobInfo info;
  info.job_flow_id = job.id();
  info.name = job.name();
  info.instance_id = job.cluster_id();
  if (const store::Cluster* const cluster = model.cluster(job.cluster_id()))
    info.instance_name = cluster->name();
  info.state = arena.copy(store::Job::State_Name(job.state()));
  info.cancel_requested = job.cancel_requested();
  info.terminates_cluster = job.ends_cluster();
  info.start_time = arena.time(WallTime{job.started_wall_ms()});
  info.end_time = arena.time(WallTime{job.ended_wall_ms()});
  const std::span<answer::JobStepInfo> steps =
      arena.list<answer::JobStepInfo>(static_cast<std::size_t>(job.steps_size()));
  for (int i = 0; i < job.steps_size(); ++i)
    steps[static_cast<std::size_t>(i)] = step_info(model, job, i + 1, arena);
  info.steps = steps;
  if (job.has_reason()) info.failed_reason = failure_info(job.reason(), arena);
  return info;
}

Result<std::vector<const store::Job*>> jobs_asked_for(const DescribeJobsRequest& request,
                                                      Call& call) {
  std::vector<const store::Job*> jobs;
  if (request.job_flow_id) {
    TK_TRY(const store::Job* const job, find_job(call, *request.job_flow_id));
    jobs.push_back(job);
    return jobs;
  }
  const Model& model = call.services.model;
  std::string_view only;
  if (request.instance_id) {
    TK_TRY(const store::Cluster* const cluster,
           find_cluster(call, *request.instance_id, code::kResourceNotFound_InstanceNotFound));
    only = cluster->id();
  }
  for (const auto& [id, job] : std::views::reverse(model.jobs())) {
    if (job.account() != call.caller.account || (!only.empty() && job.cluster_id() != only))
      continue;
    jobs.push_back(&job);
    if (jobs.size() == kMost) break;
  }
  return jobs;
}

}  // namespace

Result<Answer> describe_jobs(const DescribeJobsRequest& request, Call& call) {
  TK_TRY(const std::vector<const store::Job*> jobs, jobs_asked_for(request, call));
  Arena arena;
  answer::DescribeJobsResponse response;
  response.jobs = arena.each(
      jobs, [&](const store::Job* job) { return job_info(call.services.model, *job, arena); });
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
