#include "base/duration_text.h"

#include <algorithm>
#include <charconv>

namespace tusker {

std::optional<Duration> parse_duration(std::string_view text) {
  constexpr std::size_t kMostDigits = 9;
  constexpr std::int64_t kMostHours = 100000;
  const std::size_t digits = text.find_first_not_of("0123456789");
  if (digits == std::string_view::npos || digits == 0 || digits > kMostDigits) return std::nullopt;
  std::int64_t count = 0;
  std::from_chars(text.data(), text.data() + digits, count);
  const std::string_view unit = text.substr(digits);
  if (unit == "ms") return std::chrono::milliseconds(count);
  if (unit == "s") return std::chrono::seconds(count);
  if (unit == "m") return std::chrono::minutes(count);
  if (unit == "h") return std::chrono::hours(std::min(count, kMostHours));
  if (unit == "d") return std::chrono::hours(std::min(count * 24, kMostHours));
  return std::nullopt;
}

}  // namespace tusker
