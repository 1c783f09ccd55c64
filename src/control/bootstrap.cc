#include "control/bootstrap.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "control/findings.h"
#include "control/node_checks.h"
#include "control/task_reports.h"
#include "plan/request_checks.h"
#include "plan/scripts.h"

namespace tusker {
namespace {

constexpr std::uint64_t kLogBytes = 16ULL << 20;
constexpr std::string_view kScriptNote = "script ";

// Named by the moment, as their logs are: task-bootstrap-before.
struct Part {
  std::string_view task;
  bool after_services;
};
constexpr Part kBefore{"bootstrap-before", false};
constexpr Part kAfter{"bootstrap-after", true};

// Runs files with their arguments in a folder that stays readable for people, where the cloud has
// it. Descriptor 3 is the task's notes.
constexpr std::string_view kRunner = R"(umask 022
mkdir -p /usr/local/service/scripts && cd /usr/local/service/scripts || exit 111
run() {
  script=$1
  shift
  cp "/etc/tusker/current/scripts/$script" . || exit 111
  echo "script $script" >&3
  echo "tusker: $script begins"
  "./$script" "$@" 3>&-
  code=$?
  [ "$code" = 0 ] || exit "$code"
}
)";

bool is_part_of(const store::Script& script, const Part& part) {
  return (script.moment() == store::Script::CLUSTER_AFTER) == part.after_services;
}

int count_of(const store::Node& node, const Part& part) {
  return static_cast<int>(
      std::count_if(node.scripts().begin(), node.scripts().end(), [&](const store::Script& script) {
        return is_part_of(script, part);
      }));
}

link::Task task_of(const store::Node& node, const Part& part) {
  std::string text(kRunner);
  for (int i = 0; i < node.scripts_size(); ++i) {
    const store::Script& script = node.scripts(i);
    if (!is_part_of(script, part)) continue;
    text += "run " + shell_quoted(script_file_name(node, i));
    for (const std::string& argument : script.arguments()) text += " " + shell_quoted(argument);
    text += "\n";
  }
  link::Task task;
  task.set_id(std::string(part.task));
  for (const char* word : {"/bin/sh", "-c"}) task.add_argv(word);
  task.add_argv(std::move(text));
  auto& environment = *task.mutable_environment();
  environment["TUSKER_CLUSTER_ID"] = node.cluster_id();
  environment["TUSKER_NODE_NAME"] = node.name();
  environment["TUSKER_NODE_TYPE"] = std::string(node_type_word(node.type()));
  task.set_log_bytes(kLogBytes);
  task.set_before_roles(!part.after_services);
  return task;
}

// The script that began last, by what its task noted; the first one if it noted none yet.
int running_script(const store::Node& node, const Part& part, const link::TaskStatus& task) {
  int first = -1;
  for (int i = 0; i < node.scripts_size(); ++i) {
    if (!is_part_of(node.scripts(i), part)) continue;
    if (first < 0) first = i;
    if (task.notes_size() > 0 &&
        task.notes(task.notes_size() - 1) == std::string(kScriptNote) + script_file_name(node, i))
      return i;
  }
  return first;
}

// Adds what keeps this node's scripts from being over. Yields the reason when they failed.
std::optional<store::Failure> find_scripts(const StageView& view,
                                           const store::Node& node,
                                           const Part& part,
                                           Findings& findings) {
  const link::TaskStatus* const task = task_in(view.model, node, part.task);
  if (const std::string silence = silence_of(view, node.host_id());
      !silence.empty() || task == nullptr) {
    findings.add(
        silence.empty() ? Findings::Patience : Findings::Silence,
        fmt::format("{}: {}", node.name(), silence.empty() ? "its scripts begin" : silence),
        about(view.model, node));
    return std::nullopt;
  }
  if (task->state() == link::TaskStatus::DONE && task->exit_code() == 0) return std::nullopt;
  const store::Script& script = node.scripts(running_script(node, part, *task));
  store::Failure reason = failure_of_task(view.model, node, *task);
  reason.set_what("run script " + script.name());
  reason.set_command(fmt::format("{} {}", script.name(), fmt::join(script.arguments(), " ")));
  const bool going_on =
      task->state() == link::TaskStatus::WAITING || task->state() == link::TaskStatus::RUNNING;
  reason.set_message(fmt::format("bootstrap script {}: {}",
                                 script.name(),
                                 going_on ? "it does not end"
                                 : task->state() == link::TaskStatus::INTERRUPTED
                                     ? "the node went down meanwhile"
                                     : reason.message()));
  if (!going_on) return reason;
  findings.add(Findings::Patience,
               fmt::format("{}: bootstrap script {} runs", node.name(), script.name()),
               std::move(reason));
  return std::nullopt;
}

Outcome check_run(const StageView& view, const Part& part) {
  Findings findings;
  for (const std::string& id : view.flow.node_ids()) {
    const store::Node* const node = view.model.node(id);
    if (node == nullptr || count_of(*node, part) == 0) continue;
    if (std::optional<store::Failure> failed = find_scripts(view, *node, part, findings))
      return Outcome::failed(*std::move(failed));
  }
  return std::move(findings).outcome();
}

}  // namespace

std::vector<link::Task> script_tasks_of(const store::Node& node) {
  std::vector<link::Task> tasks;
  if (count_of(node, kBefore) > 0) tasks.push_back(task_of(node, kBefore));
  if (node.runs_last_scripts()) tasks.push_back(task_of(node, kAfter));
  return tasks;
}

std::vector<std::string> script_logs_of(const store::Node& node) {
  std::vector<std::string> logs;
  for (const Part& part : {kBefore, kAfter}) {
    if (count_of(node, part) > 0) logs.push_back(fmt::format("task-{}", part.task));
  }
  return logs;
}

Outcome check_scripts_run(const StageView& view) {
  return check_run(view, kBefore);
}

Change run_last_scripts(const StageView& view) {
  Change change;
  for (store::Node& node : nodes_of_flow(view, [](store::Node&) {})) {
    if (count_of(node, kAfter) == 0) continue;
    node.set_runs_last_scripts(true);
    change.put(std::move(node));
  }
  return change;
}

Outcome check_last_scripts_run(const StageView& view) {
  return check_run(view, kAfter);
}

void end_last_scripts(const Model& model, const store::Flow& flow, Change& change) {
  for (const std::string& id : flow.node_ids()) {
    const store::Node* const node = model.node(id);
    if (node == nullptr || !node->runs_last_scripts()) continue;
    store::Node over = *node;
    over.set_runs_last_scripts(false);
    change.put(std::move(over));
  }
}

}  // namespace tusker
