#pragma once

#include <list>

#include "control/timers.h"
#include "net/event_loop.h"

namespace tusker::server {

// Control's timers on the server's loop. Loop thread only.
class LoopTimers final : public Timers {
 public:
  explicit LoopTimers(EventLoop& loop) : loop_(loop) {}

  void call_at(Time when, std::function<void()> wake) override {
    // A timer forgets itself when it goes off; what is still set is cancelled with us.
    set_.emplace_front();
    const auto here = set_.begin();
    *here = loop_.after(when - loop_.now(), [this, here, wake = std::move(wake)] {
      const Timer going_off = std::move(*here);
      set_.erase(here);
      wake();
    });
  }

 private:
  EventLoop& loop_;
  std::list<Timer> set_;
};

}  // namespace tusker::server
