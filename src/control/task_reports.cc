#include "control/task_reports.h"

#include "control/node_checks.h"
#include "control/telling_line.h"

namespace tusker {
namespace {

// The last line that a program itself wrote, and that is no frame of a stack trace: those are
// indented, and what they are about stands before them.
std::string last_words(const link::TaskStatus& task) {
  for (int i = task.log_size() - 1; i >= 0; --i) {
    const std::string& line = task.log(i);
    if (line.empty() || line.front() == ' ' || line.starts_with("tusker: ")) continue;
    return line;
  }
  return {};
}

}  // namespace

const link::TaskStatus* task_in(const Model& model, const store::Node& node, std::string_view id) {
  const link::NodeStatus* const status = model.status_of(node);
  if (status == nullptr) return nullptr;
  for (const link::TaskStatus& task : status->tasks()) {
    if (task.id() == id) return &task;
  }
  return nullptr;
}

store::Failure failure_of_task(const Model& model,
                               const store::Node& node,
                               const link::TaskStatus& task) {
  store::Failure reason = about(model, node);
  reason.set_exit_code(task.exit_code());
  *reason.mutable_log() = task.log();
  std::string words = telling_line(task.log());
  if (words.empty()) words = last_words(task);
  reason.set_message(fmt::format(
      "it ended with exit code {}{}{}", task.exit_code(), words.empty() ? "" : ": ", words));
  return reason;
}

}  // namespace tusker
