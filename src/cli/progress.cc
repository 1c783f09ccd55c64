#include "cli/progress.h"

#include "cli/words.h"

namespace tusker::cli {

void ProgressView::show_ended_stages(const FlowView& flow, Duration elapsed) {
  for (; ended_shown_ < flow.stages.size() && flow.stages[ended_shown_].ended; ++ended_shown_) {
    const FlowView::Stage& stage = flow.stages[ended_shown_];
    line_.keep(fmt::format("{}{} ended after {}",
                           stage.unwinding ? "unwinding: " : "",
                           stage.name,
                           seconds_text(stage.milliseconds)),
               elapsed);
  }
}

void ProgressView::update(const FlowView& flow, Duration elapsed) {
  show_ended_stages(flow, elapsed);
  if (flow.finished()) return;
  std::string text = flow.unwinding ? "removing what was made, " + flow.stage : flow.stage;
  if (!flow.waiting_for.empty()) text += ": waiting for " + waiting_text(flow);
  line_.show(text, elapsed);
}

void ProgressView::trouble(std::string_view text, Duration elapsed) {
  line_.show(printable(text), elapsed);
}

}  // namespace tusker::cli
