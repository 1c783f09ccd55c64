#include "base/time_text.h"

#include <chrono>
#include <cstring>

namespace tusker {

namespace {

// By hand: every answer of the API has dozens of times.
void put_digits(char* at, int number, int digits) {
  for (int i = digits - 1; i >= 0; --i, number /= 10) at[i] = static_cast<char>('0' + number % 10);
}

}  // namespace

void write_text(WallTime time, char* at) {
  std::memcpy(at, "0000-00-00 00:00:00", kTimeText);
  if (time.ms == 0) return;
  using namespace std::chrono;
  const sys_time<milliseconds> point{milliseconds{time.ms}};
  const sys_days day = floor<days>(point);
  const year_month_day date(day);
  const int seconds = static_cast<int>(floor<std::chrono::seconds>(point - day).count());
  put_digits(at, static_cast<int>(date.year()), 4);
  put_digits(at + 5, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  put_digits(at + 8, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  put_digits(at + 11, seconds / 3600, 2);
  put_digits(at + 14, seconds / 60 % 60, 2);
  put_digits(at + 17, seconds % 60, 2);
}

std::string to_text(WallTime time) {
  std::string text(kTimeText, '\0');
  write_text(time, text.data());
  return text;
}

}  // namespace tusker
