#include "cli/flow_view.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cli/json_text.h"
#include "cli/remedies.h"
#include "cli/table.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

std::string outcome_text(const FlowView& flow) {
  const std::string word = short_outcome(flow);
  if (word == "blocked")
    return "blocked: it is past its deadline and cannot give up; a person has to look";
  if (word == "unwinding") return "unwinding: removing what it made";
  return word == "running" && flow.cancel_requested ? "running, cancel requested" : word;
}

}  // namespace

std::string short_outcome(const FlowView& flow) {
  if (flow.finished())
    return flow.outcome == "DONE" ? "done" : flow.outcome == "FAILED" ? "failed" : "cancelled";
  if (flow.blocked) return "blocked";
  return flow.unwinding ? "unwinding" : "running";
}

FlowView read_flow(const json::object& info) {
  FlowView flow;
  flow.id = integer_at(info, "FlowId");
  flow.kind = printable(text_at(info, "Kind"));
  flow.cluster_id = printable(text_at(info, "InstanceId"));
  flow.cluster_name = printable(text_at(info, "InstanceName"));
  flow.stage = printable(text_at(info, "Stage"));
  flow.outcome = text_at(info, "Outcome");
  for (const json::value& line : array_at(info, "WaitingFor")) {
    if (line.is_string()) flow.waiting_for.push_back(printable(line.get_string()));
  }
  flow.started = printable(text_at(info, "StartTime"));
  flow.ended = printable(text_at(info, "EndTime"));
  flow.unwinding = text_at(info, "Direction") == "UNWINDING";
  flow.cancel_requested = flag_at(info, "CancelRequested");
  flow.blocked = flag_at(info, "Blocked");
  for (const json::value& entry : array_at(info, "Stages")) {
    if (!entry.is_object()) continue;
    const json::object& stage = entry.get_object();
    const std::string status = text_at(stage, "Status");
    flow.stages.push_back({.name = printable(text_at(stage, "Name")),
                           .unwinding = text_at(stage, "Direction") == "UNWINDING",
                           .started = status != "NOT_STARTED",
                           .ended = status == "DONE" || status == "FAILED",
                           .milliseconds = integer_at(stage, "Milliseconds")});
  }
  const json::object& failure = object_at(info, "FailedReason");
  if (!failure.empty()) flow.failure = read_failure(failure);
  return flow;
}

Result<FlowView> load_flow(const ApiClient& client, std::int64_t id) {
  TK_TRY(const json::object answer, client.call("DescribeFlows", {{"FlowId", id}}));
  const json::array& flows = array_at(answer, "Flows");
  if (flows.empty() || !flows[0].is_object()) {
    return Error::make(ErrorCode::NotFound,
                       "there is no flow {}. See a cluster's flows with: tusker cluster show NAME",
                       id);
  }
  return read_flow(flows[0].get_object());
}

Result<std::optional<FlowView>> load_newest_flow(const ApiClient& client,
                                                 const std::string& cluster_id) {
  TK_TRY(const json::object answer, client.call("DescribeFlows", {{"InstanceId", cluster_id}}));
  const json::array& flows = array_at(answer, "Flows");
  if (flows.empty() || !flows[0].is_object()) return std::optional<FlowView>();
  return std::optional(read_flow(flows[0].get_object()));
}

std::string waiting_text(const FlowView& flow) {
  if (flow.waiting_for.empty()) return "";
  const auto logged =
      std::find_if(flow.waiting_for.begin(), flow.waiting_for.end(), [](const std::string& line) {
        return line.find(" | ") != std::string::npos ||
               line.find("ended with") != std::string::npos;
      });
  std::string text = logged == flow.waiting_for.end() ? flow.waiting_for.front() : *logged;
  if (flow.waiting_for.size() > 1)
    text = fmt::format("(1 of {}) {}", flow.waiting_for.size(), text);
  return text;
}

std::string seconds_text(std::int64_t milliseconds) {
  if (milliseconds < 60'000)
    return fmt::format("{:.1f} s", static_cast<double>(milliseconds) / 1000);
  return fmt::format("{} min {:02} s", milliseconds / 60'000, milliseconds / 1000 % 60);
}

std::string render_failure(const FlowView& flow) {
  return flow.failure ? render_failure(*flow.failure, flow.cluster_id) : "";
}

std::string flow_headline(const FlowView& flow) {
  if (flow.failure) return headline(*flow.failure, flow.cluster_id);
  if (flow.finished() || flow.waiting_for.empty()) return "";
  return "waiting for " + with_remedy(waiting_text(flow), {.cluster = flow.cluster_id});
}

std::string render_flow(const FlowView& flow) {
  const std::string first = flow_headline(flow);
  return (first.empty() ? first : first + "\n\n") + render_flow_facts(flow);
}

std::string render_flow_facts(const FlowView& flow) {
  std::string out =
      render_facts({{"flow", std::to_string(flow.id)},
                    {"kind", flow.kind},
                    {"cluster", fmt::format("{} ({})", flow.cluster_name, flow.cluster_id)},
                    {"state", outcome_text(flow)},
                    {"started", flow.started},
                    {"ended", flow.finished() ? flow.ended : ""}});
  if (!flow.finished() && !flow.waiting_for.empty()) {
    out += "waiting for\n";
    for (const std::string& line : flow.waiting_for) out += "  " + line + "\n";
  }
  if (!flow.stages.empty()) {
    Table table({"STAGE", "DIRECTION", "TOOK"});
    for (const FlowView::Stage& stage : flow.stages) {
      table.add_row(
          {stage.name,
           stage.unwinding ? "unwinding" : "forward",
           stage.started ? seconds_text(stage.milliseconds) + (stage.ended ? "" : " so far") : ""});
    }
    out += "\n" + table.render();
  }
  return flow.failure ? out + "\n" + render_failure_facts(*flow.failure) : out;
}

}  // namespace tusker::cli
