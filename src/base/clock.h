#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace tusker {

using Duration = std::chrono::nanoseconds;

// A point on the monotonic clock. Means nothing outside the process that read it: never stored,
// never sent.
struct MonotonicTag {};
using Time = std::chrono::time_point<MonotonicTag, Duration>;

// Milliseconds since 1970-01-01 UTC: for people, signatures and certificates, never for deadlines.
struct WallTime {
  std::int64_t ms = 0;
  friend auto operator<=>(const WallTime&, const WallTime&) = default;
};

// "2026-11-25 03:50:40" in UTC, the API's form of a time; "0000-00-00 00:00:00" for WallTime{0},
// its "never".
std::string to_text(WallTime time);

// Where time comes from. Passed to whoever needs it, so that simulation owns time. Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
  virtual WallTime wall() const = 0;
};

// The machine's own clocks (CLOCK_BOOTTIME would count suspended time; deadlines do not, so
// CLOCK_MONOTONIC).
class SystemClock final : public Clock {
 public:
  Time now() const override;
  WallTime wall() const override;
};

}  // namespace tusker
