#include "base/clock.h"

#include <ctime>

namespace tusker {

namespace {

// By hand: every answer of the API has dozens of times.
void put_digits(char* at, int number, int digits) {
  for (int i = digits - 1; i >= 0; --i, number /= 10) at[i] = static_cast<char>('0' + number % 10);
}

}  // namespace

std::string to_text(WallTime time) {
  std::string text = "0000-00-00 00:00:00";
  if (time.ms == 0) return text;
  const std::time_t seconds = time.ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  put_digits(text.data(), parts.tm_year + 1900, 4);
  put_digits(text.data() + 5, parts.tm_mon + 1, 2);
  put_digits(text.data() + 8, parts.tm_mday, 2);
  put_digits(text.data() + 11, parts.tm_hour, 2);
  put_digits(text.data() + 14, parts.tm_min, 2);
  put_digits(text.data() + 17, parts.tm_sec, 2);
  return text;
}

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
