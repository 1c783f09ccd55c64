#include "api/places.h"

#include <algorithm>
#include <charconv>

#include "api/errors.h"
#include "api/generated/error_codes.h"

namespace tusker::api {
namespace {

constexpr std::int64_t kZoneBase = 100'000;
constexpr std::size_t kLongestZone = 40;

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::int64_t to_number(std::string_view digits) {
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

}  // namespace

Result<std::string> read_zone(std::string_view text, std::string_view region) {
  if (text.empty()) return fmt::format("{}-1", region);
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (text.size() > kLongestZone || !std::ranges::all_of(text, fits)) {
    return api_error(code::kInvalidParameter_InvalidZone,
                     "Placement.Zone is no zone's name; expected one like {}-1",
                     region);
  }
  if (!all_digits(text)) return std::string(text);
  const std::int64_t number = text.size() <= 6 ? to_number(text) - kZoneBase : 0;
  if (number < 1) {
    return api_error(code::kInvalidParameter_InvalidZone,
                     "Placement.Zone is {}; a zone's number is {} and more, its name is like {}-1",
                     text,
                     kZoneBase + 1,
                     region);
  }
  return fmt::format("{}-{}", region, number);
}

std::int64_t zone_number(std::string_view zone) {
  const std::size_t dash = zone.rfind('-');
  const std::string_view end =
      dash == std::string_view::npos ? std::string_view() : zone.substr(dash + 1);
  return kZoneBase + (all_digits(end) && end.size() <= 5 ? to_number(end) : 1);
}

std::int64_t region_number(std::string_view region) {
  return region == "ap-guangzhou" ? 1 : 0;
}

}  // namespace tusker::api
