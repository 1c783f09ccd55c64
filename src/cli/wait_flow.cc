#include "cli/wait_flow.h"

#include "cli/interrupt.h"
#include "cli/progress.h"

namespace tusker::cli {

namespace {

constexpr Duration kPause = std::chrono::milliseconds(500);

Error still_running(ErrorCode code,
                    std::string_view what,
                    const std::string& cluster_id,
                    std::int64_t id) {
  return Error::make(code,
                     "{}; the operation goes on. See it with: tusker {}",
                     what,
                     id > 0 ? fmt::format("flow show {}", id) : "cluster show " + cluster_id);
}

}  // namespace

Result<FlowView> wait_for_flow(const ApiClient& client,
                               Console& console,
                               const std::string& cluster_id,
                               const std::string& kind,
                               const WaitOptions& options) {
  ProgressView progress(console);
  const Time start = client.clock().now();
  std::int64_t id = 0;
  for (;;) {
    Result<std::optional<FlowView>> flow = load_newest_flow(client, cluster_id);
    const Duration elapsed = client.clock().now() - start;
    if (flow.ok() && flow->has_value() && (*flow)->kind == kind) {
      id = (*flow)->id;
      progress.update(**flow, elapsed);
      if ((*flow)->finished()) {
        progress.finish();
        return **std::move(flow);
      }
    } else if (flow.ok()) {
      progress.trouble("waiting for the operation to begin", elapsed);
    } else if (may_pass(flow.error())) {
      progress.trouble("the server does not answer, trying again: " + flow.error().message(),
                       elapsed);
    } else {
      progress.finish();
      return std::move(flow).error();
    }
    if (elapsed >= options.timeout) {
      progress.finish();
      return still_running(ErrorCode::DeadlineExceeded, "the time to wait is over", cluster_id, id);
    }
    if (options.pause(kPause)) {
      progress.finish();
      return still_running(ErrorCode::Cancelled, "no longer waiting", cluster_id, id);
    }
  }
}

Result<FlowView> wait_for_flow(const ApiClient& client,
                               Console& console,
                               const std::string& cluster_id,
                               const std::string& kind,
                               const WaitFlags& flags) {
  TK_TRY(Interrupt interrupt, Interrupt::watch());
  WaitOptions wait;
  wait.timeout = std::chrono::seconds(flags.timeout_s);
  wait.pause = [&interrupt](Duration longest) { return interrupt.wait(longest); };
  return wait_for_flow(client, console, cluster_id, kind, wait);
}

}  // namespace tusker::cli
