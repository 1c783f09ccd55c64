#pragma once

#include <map>
#include <utility>

#include "control/timers.h"

namespace tusker::sim {

// The loop's timers, fired by the world in order of time. They go with the server that asked for
// them.
class SimTimers final : public Timers {
 public:
  void call_at(Time when, std::function<void()> wake) override {
    calls_.emplace(when, std::move(wake));
  }

  bool due(Time now) const { return !calls_.empty() && calls_.begin()->first <= now; }
  Time next() const { return calls_.empty() ? Time::max() : calls_.begin()->first; }
  void fire() {
    const std::function<void()> wake = std::move(calls_.begin()->second);
    calls_.erase(calls_.begin());
    wake();
  }

 private:
  std::multimap<Time, std::function<void()>> calls_;
};

}  // namespace tusker::sim
