#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace tusker {

// Notices that the clock of a host was set, or that the host slept: its wall clock went on by more
// or less than our monotonic one between two of its heartbeats. A heartbeat that only came late
// says nothing: two have to agree. Loop thread only.
class ClockWatch {
 public:
  struct Step {
    std::chrono::milliseconds by{};  // later than it would be: forward
    Time at{};                       // when it was noticed
  };

  void heard(std::int64_t wall_ms, Time now);
  const std::optional<Step>& last() const { return last_; }

 private:
  std::optional<std::chrono::milliseconds> ahead_;      // of the monotonic clock
  std::optional<std::chrono::milliseconds> suspected_;  // of the last heartbeat, if it disagrees
  std::optional<Step> last_;
};

}  // namespace tusker
