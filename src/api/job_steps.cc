#include "api/job_steps.h"

#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "base/encoding.h"
#include "model/model.h"
#include "plan/step_types.h"

namespace tusker::api {
namespace {

constexpr std::size_t kMostSteps = 256;           // as other EMRs
constexpr std::size_t kLongestName = 128;         // bytes
constexpr std::size_t kMostArguments = 64 << 10;  // bytes of all of a step, well below the kernel's

// The API's default is "hadoop", who is HDFS's superuser here and runs nobody's work.
bool is_user_of_steps(std::string_view user) {
  return user.empty() || user == "hadoop" || user == "tusker";
}

Status check_arguments(const std::string& path, const std::vector<std::string>& arguments) {
  std::size_t bytes = 0;
  for (const std::string& word : arguments) {
    if (word.find('\0') != std::string::npos) {
      return api_error(code::kInvalidParameterValue,
                       "{}.Args has a word with a zero byte, which no program can receive",
                       path);
    }
    bytes += word.size() + 1;
  }
  if (arguments.empty() || bytes > kMostArguments) {
    return api_error(
        code::kInvalidParameterValue,
        "{}.Args has {} words of {} bytes; expected at least one, such as the jar, and "
        "at most {} bytes",
        path,
        arguments.size(),
        bytes,
        kMostArguments);
  }
  return ok_status();
}

Status check_name(std::string_view parameter, const std::string& name) {
  if (!name.empty() && name.size() <= kLongestName) return ok_status();
  return api_error(code::kInvalidParameterValue,
                   "{} has {} bytes; expected 1 to {}",
                   parameter,
                   name.size(),
                   kLongestName);
}

Status add_step(const std::string& path, const Step& asked, store::Job& job) {
  TK_TRY_VOID(check_name(path + ".Name", asked.name));
  TK_TRY_VOID(check_arguments(path, asked.execution_step.args));
  if (!is_user_of_steps(asked.user.value_or(""))) {
    return api_error(
        code::kInvalidParameterValue,
        "{}.User is \"{}\"; steps run as tusker, who is nobody's superuser: leave it out",
        path,
        cut_text(*asked.user, 64));
  }
  store::Step& step = *job.add_steps();
  step.set_name(asked.name);
  step.set_type(asked.execution_step.job_type);
  for (const std::string& word : asked.execution_step.args) step.add_arguments(word);
  step.set_failure_ends_job(asked.action_on_failure == "TERMINATE_CLUSTER");
  return ok_status();
}

}  // namespace

Result<store::Job> job_from(const RunJobFlowRequest& request, const Call& call) {
  TK_TRY_VOID(check_name("Name", request.name));
  if (request.steps.empty() || request.steps.size() > kMostSteps) {
    return api_error(code::kInvalidParameterValue,
                     "Steps has {}; expected 1 to {}",
                     request.steps.size(),
                     kMostSteps);
  }
  if (request.log_uri && !request.log_uri->empty()) {
    return not_supported("LogUri", "logs stay on the hosts; `tusker job logs` shows them");
  }
  store::Job job;
  job.set_name(request.name);
  job.set_account(call.caller.account);
  job.set_state(store::Job::INIT);
  job.set_makes_cluster(request.create_cluster);
  job.set_ends_cluster(request.instance_policy == "Terminate");
  for (std::size_t i = 0; i < request.steps.size(); ++i)
    TK_TRY_VOID(add_step(fmt::format("Steps.{}", i), request.steps[i], job));
  return job;
}

Status add_commands(const store::Cluster& cluster, const Call& call, store::Job& job) {
  for (store::Step& step : *job.mutable_steps()) {
    Result<std::vector<std::string>> command =
        step_command(call.services.definitions, cluster, step.type());
    if (!command.ok()) {
      return std::move(command)
          .context("step {}", step.name())
          .error()
          .with_api_code(code::kInvalidParameter_InvalidJobType);
    }
    step.mutable_command()->Assign(command->begin(), command->end());
  }
  return ok_status();
}

Result<const store::Job*> find_job(const Call& call, std::int64_t id) {
  const store::Job* const job = call.services.model.job(JobId{id});
  if (job != nullptr && job->account() == call.caller.account) return job;
  return api_error(
      code::kInvalidParameter_InvalidJobFlow,
      "there is no job {}, or it is no longer kept; DescribeJobs lists those there are",
      id);
}

}  // namespace tusker::api
