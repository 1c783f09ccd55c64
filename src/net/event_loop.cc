#include "net/event_loop.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "net/event_loop_impl.h"

namespace tusker {

struct Timer::State {
  explicit State(boost::asio::io_context& context) : timer(context) {}
  boost::asio::steady_timer timer;
  std::function<void()> function;  // empty once called or cancelled
};

Timer::Timer(std::shared_ptr<State> state) : state_(std::move(state)) {}

Timer& Timer::operator=(Timer&& other) noexcept {
  if (this != &other) {
    cancel();
    state_ = std::move(other.state_);
  }
  return *this;
}

Timer::~Timer() {
  cancel();
}

void Timer::cancel() {
  const std::shared_ptr<State> state = std::exchange(state_, nullptr);
  if (!state) return;
  // A function that cancels its own timer has been moved out of the state, so it is not destroyed
  // while it runs.
  state->function = nullptr;
  state->timer.cancel();
}

bool Timer::pending() const {
  return state_ && state_->function;
}

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::run() {
  impl_->context.restart();
  impl_->context.run();
}

void EventLoop::stop() {
  impl_->context.stop();
}

bool EventLoop::run_until(const std::function<bool()>& done, Duration limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  impl_->context.restart();
  while (!done()) {
    if (impl_->context.run_one_until(deadline) == 0) return done();
  }
  return true;
}

void EventLoop::post(std::function<void()> function) {
  boost::asio::post(impl_->context, std::move(function));
}

Timer EventLoop::after(Duration delay, std::function<void()> function) {
  auto state = std::make_shared<Timer::State>(impl_->context);
  state->function = std::move(function);
  state->timer.expires_after(delay);
  state->timer.async_wait([state](const boost::system::error_code&) {
    // Cancelled between its expiry and this call: nothing to call. A cancelled wait has no function
    // either.
    if (const std::function<void()> due = std::exchange(state->function, nullptr)) due();
  });
  return Timer(std::move(state));
}

void EventLoop::on_signal(std::initializer_list<int> numbers, std::function<void(int)> function) {
  boost::asio::signal_set& set = impl_->signals.emplace_back(impl_->context);
  for (const int number : numbers) set.add(number);
  // The loop that waits anew is the function itself, so that it lives as long as the set.
  struct Again {
    boost::asio::signal_set& set;
    std::function<void(int)> function;
    void operator()(const boost::system::error_code& failure, int number) {
      if (failure) return;
      function(number);
      set.async_wait(*this);
    }
  };
  set.async_wait(Again{set, std::move(function)});
}

bool EventLoop::in_loop_thread() const {
  return impl_->context.get_executor().running_in_this_thread();
}

Time EventLoop::now() const {
  return impl_->clock.now();
}
WallTime EventLoop::wall() const {
  return impl_->clock.wall();
}

}  // namespace tusker
