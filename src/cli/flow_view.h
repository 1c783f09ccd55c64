#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/api_client.h"
#include "cli/failure_view.h"

namespace tusker::cli {

// A flow as DescribeFlows tells it.
struct FlowView {
  struct Stage {
    std::string name;
    bool unwinding = false;
    bool started = true;
    bool ended = false;
    std::int64_t milliseconds = 0;  // how long it took, or has been taking
  };

  std::int64_t id = 0;
  std::string kind;  // CREATE, SCALE_OUT…
  std::string cluster_id;
  std::string cluster_name;
  std::string stage;
  std::string outcome;  // UNFINISHED, DONE, FAILED, CANCELLED
  std::vector<std::string> waiting_for;
  std::string started;
  std::string ended;
  bool unwinding = false;
  bool cancel_requested = false;
  bool blocked = false;  // past its deadline, and it cannot give up
  std::vector<Stage> stages;
  std::optional<FailureView> failure;

  bool finished() const { return outcome != "UNFINISHED"; }
  bool succeeded() const { return outcome == "DONE"; }
};

FlowView read_flow(const boost::json::object& info);

// One flow by its number; NotFound.
Result<FlowView> load_flow(const ApiClient& client, std::int64_t id);

// The newest flow of a cluster; nothing if it has none.
Result<std::optional<FlowView>> load_newest_flow(const ApiClient& client,
                                                 const std::string& cluster_id);

// "running", "unwinding", "blocked", "done", "failed" or "cancelled".
std::string short_outcome(const FlowView& flow);

// Why it failed, or what it waits for, and what to do about it; empty when it does neither.
std::string flow_headline(const FlowView& flow);

// Everything about it for a person, beginning with its headline; the failure's log lines included.
std::string render_flow(const FlowView& flow);
// The same without its headline.
std::string render_flow_facts(const FlowView& flow);

// Only why it failed. Empty if nothing failed.
std::string render_failure(const FlowView& flow);

// What it waits for now, in one line: the first thing that comes with a log line, and how many more
// there are.
std::string waiting_text(const FlowView& flow);

// "12.3 s", "4 min 05 s".
std::string seconds_text(std::int64_t milliseconds);

}  // namespace tusker::cli
