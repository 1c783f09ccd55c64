#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "cli/console.h"
#include "cli/flow_view.h"
#include "cli/live_line.h"

namespace tusker::cli {

// Shows how a flow advances: each stage when it ends, and what is being waited for. Call update()
// or trouble() at least once a second.
class ProgressView final {
 public:
  explicit ProgressView(Console& console) : line_(console) {}

  void update(const FlowView& flow, Duration elapsed);
  // Something that is not the flow's state: "the server does not answer, trying again".
  void trouble(std::string_view text, Duration elapsed);
  // Takes the changing line away.
  void finish() { line_.clear(); }

 private:
  void show_ended_stages(const FlowView& flow, Duration elapsed);

  LiveLine line_;
  std::size_t ended_shown_ = 0;
};

}  // namespace tusker::cli
