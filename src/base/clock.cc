#include "base/clock.h"

#include <chrono>

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
  using namespace std::chrono;
  const sys_time<milliseconds> point{milliseconds{time.ms}};
  const sys_days day = floor<days>(point);
  const year_month_day date(day);
  const int seconds = static_cast<int>(floor<std::chrono::seconds>(point - day).count());
  put_digits(text.data(), static_cast<int>(date.year()), 4);
  put_digits(text.data() + 5, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  put_digits(text.data() + 8, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  put_digits(text.data() + 11, seconds / 3600, 2);
  put_digits(text.data() + 14, seconds / 60 % 60, 2);
  put_digits(text.data() + 17, seconds % 60, 2);
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
