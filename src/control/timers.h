#pragma once

#include <functional>

#include "base/clock.h"

namespace tusker {

// The loop's timer, owned by whoever runs the loop. Loop thread only.
class Timers {
 public:
  virtual ~Timers() = default;

  // Calls `wake` once, on the loop, at `when` or soon after; never from within this call. Cannot be
  // taken back: whoever may be gone by then guards its `wake` itself.
  virtual void call_at(Time when, std::function<void()> wake) = 0;
};

}  // namespace tusker
