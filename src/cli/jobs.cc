#include "cli/jobs.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/letters.h"
#include "cli/json_text.h"
#include "cli/table.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

std::vector<std::string> texts_at(const json::object& object, std::string_view key) {
  std::vector<std::string> texts;
  for (const json::value& text : array_at(object, key)) {
    if (text.is_string()) texts.push_back(printable(text.get_string()));
  }
  return texts;
}

std::optional<FailureView> failure_at(const json::object& object) {
  const json::object& failure = object_at(object, "FailedReason");
  if (failure.empty()) return std::nullopt;
  return read_failure(failure);
}

JobView::Step read_step(const json::object& info) {
  return {.name = printable(text_at(info, "Name")),
          .type = printable(text_at(info, "JobType")),
          .arguments = texts_at(info, "Args"),
          .state = printable(text_at(info, "State")),
          .node_id = printable(text_at(info, "ResourceId")),
          .node = printable(text_at(info, "Node")),
          .log = printable(text_at(info, "Log")),
          .applications = texts_at(info, "ApplicationIds"),
          .started = printable(text_at(info, "StartTime")),
          .ended = printable(text_at(info, "EndTime")),
          .failure = failure_at(info)};
}

bool any_step_is(const JobView& job, std::string_view state) {
  return std::ranges::any_of(job.steps,
                             [&](const JobView::Step& step) { return step.state == state; });
}

bool has_end(const JobView::Step& step) {
  return step.state != "WAITING" && step.state != "RUNNING";
}

}  // namespace

bool JobView::succeeded() const {
  return finished() &&
         std::ranges::all_of(steps, [](const Step& step) { return step.state == "SUCCEEDED"; });
}

JobView read_job(const json::object& info) {
  JobView job;
  job.id = integer_at(info, "JobFlowId");
  job.name = printable(text_at(info, "Name"));
  job.cluster_id = printable(text_at(info, "InstanceId"));
  job.cluster_name = printable(text_at(info, "InstanceName"));
  job.state = printable(text_at(info, "State"));
  job.cancel_requested = flag_at(info, "CancelRequested");
  job.ends_cluster = flag_at(info, "TerminatesCluster");
  job.started = printable(text_at(info, "StartTime"));
  job.ended = printable(text_at(info, "EndTime"));
  for (const json::value& step : array_at(info, "Steps")) {
    if (step.is_object()) job.steps.push_back(read_step(step.get_object()));
  }
  job.failure = failure_at(info);
  return job;
}

Result<JobView> load_job(const ApiClient& client, std::int64_t id) {
  TK_TRY(const json::object answer, client.call("DescribeJobs", {{"JobFlowId", id}}));
  const json::array& jobs = array_at(answer, "Jobs");
  if (jobs.empty() || !jobs[0].is_object())
    return Error::make(ErrorCode::NotFound, "there is no job {}", id);
  return read_job(jobs[0].get_object());
}

Result<json::array> list_job_objects(const ApiClient& client, const std::string& cluster_id) {
  json::object parameters;
  if (!cluster_id.empty()) parameters["InstanceId"] = cluster_id;
  TK_TRY(const json::object answer, client.call("DescribeJobs", parameters));
  return array_at(answer, "Jobs");
}

std::string short_state(const JobView& job) {
  if (job.finished()) {
    if (job.succeeded()) return "succeeded";
    return any_step_is(job, "FAILED") || !job.cancel_requested ? "failed" : "cancelled";
  }
  if (job.state == "RELEASING") return "terminating its cluster";
  if (job.state != "STEPS_RUNNING") return "waiting for its cluster";
  const auto ended = std::ranges::count_if(job.steps, has_end);
  const auto current = std::min<std::ptrdiff_t>(ended + 1, std::ssize(job.steps));
  return fmt::format("{} step {} of {}",
                     job.cancel_requested ? "cancelling" : "running",
                     current,
                     job.steps.size());
}

std::string render_jobs(const std::vector<JobView>& jobs, const Console& console) {
  Table table({"ID", "NAME", "CLUSTER", "STATE", "STARTED", "ENDED"});
  for (const JobView& job : jobs) {
    table.add_row({std::to_string(job.id),
                   job.name,
                   job.cluster_name.empty() ? job.cluster_id : job.cluster_name,
                   short_state(job),
                   job.started,
                   job.finished() ? job.ended : ""});
  }
  return table.render_for(console);
}

namespace {

// Of its steps that failed, or its own if none did.
std::vector<const FailureView*> failures_of(const JobView& job) {
  std::vector<const FailureView*> failures;
  for (const JobView::Step& step : job.steps) {
    if (step.failure) failures.push_back(&*step.failure);
  }
  if (failures.empty() && job.failure) failures.push_back(&*job.failure);
  return failures;
}

std::string render_failures(const JobView& job) {
  std::string out;
  for (const FailureView* failure : failures_of(job))
    out += (out.empty() ? "" : headline(*failure, job.cluster_id) + "\n") +
           render_failure_facts(*failure);
  return out;
}

}  // namespace

std::string job_headline(const JobView& job) {
  const std::string state = fmt::format("Job {} {}", job.id, short_state(job));
  const std::vector<const FailureView*> failures = failures_of(job);
  if (failures.empty()) return state + ".";
  const std::string why = headline(*failures.front(), job.cluster_id);
  const bool has_log = std::ranges::any_of(
      job.steps, [](const JobView::Step& step) { return step.failure && !step.log.empty(); });
  return fmt::format("{}: {}{}",
                     state,
                     why,
                     has_log ? fmt::format("; all it wrote: tusker job logs {}", job.id) : "");
}

std::string render_job_end(const JobView& job) {
  return job_headline(job) + "\n" + render_failures(job);
}

std::string render_job(const JobView& job) {
  std::string out = failures_of(job).empty() ? "" : job_headline(job) + "\n\n";
  out += render_facts({{"job", std::to_string(job.id)},
                       {"name", job.name},
                       {"cluster", fmt::format("{} ({})", job.cluster_name, job.cluster_id)},
                       {"state", short_state(job)},
                       {"at its end", job.ends_cluster ? "the cluster is terminated" : ""},
                       {"started", job.started},
                       {"ended", job.finished() ? job.ended : ""}});
  Table table({"STEP", "TYPE", "STATE", "NODE", "APPLICATIONS", "STARTED", "ENDED"});
  for (const JobView::Step& step : job.steps) {
    table.add_row({step.name,
                   step.type,
                   lower_case(step.state),
                   step.node.empty() ? step.node_id : step.node,
                   fmt::format("{}", fmt::join(step.applications, " ")),
                   step.node_id.empty() ? "" : step.started,
                   has_end(step) ? step.ended : ""});
  }
  out += "\n" + table.render();
  const std::string failures = render_failures(job);
  return failures.empty() ? out : out + "\n" + failures;
}

}  // namespace tusker::cli
