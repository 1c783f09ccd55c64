#pragma once

#include "base/clock.h"

namespace tusker {

// A clock that stands still until a test moves it. Starts at 2026-01-01 00:00:00 UTC.
class FakeClock final : public Clock {
 public:
  Time now() const override { return now_; }
  WallTime wall() const override { return wall_; }

  void advance(Duration by) {
    now_ += by;
    wall_.ms += std::chrono::duration_cast<std::chrono::milliseconds>(by).count();
  }
  // Somebody set the machine's date: monotonic time does not notice.
  void step_wall(std::chrono::milliseconds by) { wall_.ms += by.count(); }

 private:
  Time now_{std::chrono::seconds(1000)};
  WallTime wall_{1767225600000};
};

}  // namespace tusker
