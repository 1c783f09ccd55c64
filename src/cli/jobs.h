#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/api_client.h"
#include "cli/console.h"
#include "cli/failure_view.h"

namespace tusker::cli {

// A job as DescribeJobs tells it; safe to print.
struct JobView {
  struct Step {
    std::string name;
    std::string type;
    std::vector<std::string> arguments;
    std::string state;    // WAITING, RUNNING, FAILED, SUCCEEDED, CANCELLED
    std::string node_id;  // where it runs, or ran
    std::string node;     // the node's name while it is there
    std::string log;      // what OpenLogStream calls its log; empty before it runs
    std::vector<std::string> applications;
    std::string started;
    std::string ended;
    std::optional<FailureView> failure;
  };

  std::int64_t id = 0;
  std::string name;
  std::string cluster_id;
  std::string cluster_name;
  std::string state;  // INIT … FINISHED
  bool cancel_requested = false;
  bool ends_cluster = false;
  std::string started;
  std::string ended;
  std::vector<Step> steps;
  std::optional<FailureView> failure;

  bool finished() const { return state == "FINISHED"; }
  bool succeeded() const;  // finished, and so has every step
};

JobView read_job(const boost::json::object& info);

// One job by its number; NotFound.
Result<JobView> load_job(const ApiClient& client, std::int64_t id);

// Jobs of one cluster, or of all if the id is empty, as the API shows them; the newest first.
Result<boost::json::array> list_job_objects(const ApiClient& client, const std::string& cluster_id);

// "running step 2 of 3", "succeeded", "failed", "cancelled", "waiting for its cluster"…
std::string short_state(const JobView& job);

// The table of `tusker job list`.
std::string render_jobs(const std::vector<JobView>& jobs, const Console& console);
// Everything about one for a person, its headline first if it failed; log lines included.
std::string render_job(const JobView& job);
// How it stands, in one line: of a job that failed where, why, and what to do.
std::string job_headline(const JobView& job);
// The headline, and below it all that is known of what failed.
std::string render_job_end(const JobView& job);

}  // namespace tusker::cli
