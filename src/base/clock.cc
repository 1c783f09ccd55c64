#include "base/clock.h"

#include <chrono>

namespace tusker {

namespace {

Duration read_clock(clockid_t id) {
  timespec ts{};
  clock_gettime(id, &ts);
  return std::chrono::seconds(ts.tv_sec) + std::chrono::nanoseconds(ts.tv_nsec);
}

}  // namespace

Time SystemClock::now() const {
  return Time(read_clock(CLOCK_MONOTONIC));
}

WallTime SystemClock::wall() const {
  return WallTime{
      std::chrono::duration_cast<std::chrono::milliseconds>(read_clock(CLOCK_REALTIME)).count()};
}

}  // namespace tusker
