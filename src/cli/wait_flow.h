#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "cli/api_client.h"
#include "cli/console.h"
#include "cli/flow_view.h"
#include "cli/options.h"

namespace tusker::cli {

struct WaitOptions {
  Duration timeout = std::chrono::minutes(60);
  // Waits about half a second; true means that the user pressed Ctrl-C.
  std::function<bool(Duration)> pause;
};

// Shows a cluster's newest flow, which must be of this kind (CREATE, SCALE_OUT…), until it ends,
// and returns it.
//
// A server that is away meanwhile is waited for: its restart disturbs no flow. DeadlineExceeded and
// Cancelled say how to go on; the flow itself is not touched by either.
Result<FlowView> wait_for_flow(const ApiClient& client,
                               Console& console,
                               const std::string& cluster_id,
                               const std::string& kind,
                               const WaitOptions& options);

// The same with a command's --wait flags, until Ctrl-C.
Result<FlowView> wait_for_flow(const ApiClient& client,
                               Console& console,
                               const std::string& cluster_id,
                               const std::string& kind,
                               const WaitFlags& flags);

}  // namespace tusker::cli
