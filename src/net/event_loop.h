#pragma once

#include <functional>
#include <initializer_list>
#include <memory>

#include "base/clock.h"

namespace tusker {

// A timer that has been set. Destroying or cancelling it means that its function is not called any
// more, even if it is due. Belongs to the loop's thread. An empty one is good for assignment.
class Timer {
 public:
  struct State;

  Timer() = default;
  explicit Timer(std::shared_ptr<State> state);
  Timer(Timer&& other) noexcept = default;
  Timer& operator=(Timer&& other) noexcept;
  ~Timer();

  void cancel();
  // Whether the function is still to be called.
  bool pending() const;

 private:
  std::shared_ptr<State> state_;
};

// The one thread that owns all state: sockets, timers and handlers run on it as callbacks, one
// after another.
//
// A callback must not block and must not throw. post() and stop() may be called from any thread,
// the rest from the thread that runs the loop, or before it runs.
class EventLoop final : public Clock {
 public:
  class Impl;

  EventLoop();
  // Drops what is posted and not yet run. Whoever uses the loop (servers, clients, pools) is
  // destroyed before it.
  ~EventLoop() override;
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Runs callbacks until stop(); may be called again afterwards.
  void run();
  // Makes run() return after the callback that is running. Any thread.
  void stop();
  // Runs callbacks until `done` holds or `limit` has passed; says whether it held. For tests and
  // command lines.
  bool run_until(const std::function<bool()>& done, Duration limit);

  // Calls `function` later, after all that was posted before. Any thread.
  void post(std::function<void()> function);
  // Calls `function` once, `delay` from now (at the next turn if it is not positive).
  [[nodiscard]] Timer after(Duration delay, std::function<void()> function);

  // Calls `function` with the number of each such signal from now on, instead of what the signal
  // does by default. Once per process and signal. Main program only.
  void on_signal(std::initializer_list<int> numbers, std::function<void(int)> function);

  // Whether the calling thread runs this loop now.
  bool in_loop_thread() const;

  Time now() const override;
  WallTime wall() const override;

  Impl& impl() { return *impl_; }  // for src/net only

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace tusker
