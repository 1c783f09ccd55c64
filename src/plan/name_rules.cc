#include "plan/name_rules.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>

namespace tusker {
namespace {

constexpr int kFewest = 6;
constexpr int kMost = 36;

template <typename... Args>
Error invalid(fmt::format_string<Args...> format, Args&&... args) {
  return Error::make(ErrorCode::InvalidArgument, format, std::forward<Args>(args)...)
      .with_api_code("InvalidParameter.InvalidInstanceName");
}

// Takes one code point off the front; nothing when these bytes are not UTF-8 (RFC 3629: no
// surrogates, no longer forms).
std::optional<std::uint32_t> take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  const std::size_t size = first < 0x80                    ? 1
                           : first >= 0xc2 && first < 0xe0 ? 2
                           : first >= 0xe0 && first < 0xf0 ? 3
                           : first >= 0xf0 && first < 0xf5 ? 4
                                                           : 0;
  if (size == 0 || size > text.size()) return std::nullopt;
  std::uint32_t code = size == 1 ? first : first & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    code = (code << 6) | (byte(i) & 0x3fU);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kLeast[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
    return std::nullopt;
  text.remove_prefix(size);
  return code;
}

bool is_chinese(std::uint32_t code) {
  return (code >= 0x4e00 && code <= 0x9fff) || (code >= 0x3400 && code <= 0x4dbf) ||
         (code >= 0xf900 && code <= 0xfaff) || (code >= 0x20000 && code <= 0x323af) ||
         code == 0x3007;
}

bool is_allowed(std::uint32_t code) {
  return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') ||
         (code >= '0' && code <= '9') || code == '-' || code == '_' || is_chinese(code);
}

// A character as a person can read it in a message.
std::string shown(std::uint32_t code) {
  return code > 0x20 && code < 0x7f ? fmt::format("'{}'", static_cast<char>(code))
                                    : fmt::format("U+{:04X}", code);
}

}  // namespace

Status check_cluster_name(std::string_view field, std::string_view name) {
  int characters = 0;
  std::string_view rest = name;
  while (!rest.empty()) {
    const auto code = take_code_point(rest);
    if (!code) return invalid("{} is not UTF-8 at byte {}", field, name.size() - rest.size() + 1);
    if (!is_allowed(*code)) {
      return invalid(
          "{} has {} as character {}; Chinese characters, letters, digits, '-' and '_' are "
          "allowed",
          field,
          shown(*code),
          characters + 1);
    }
    ++characters;
  }
  if (characters >= kFewest && characters <= kMost) return ok_status();
  return invalid("{} \"{}\" has {} characters; it must have from {} to {}",
                 field,
                 name.substr(0, 4 * kMost),
                 characters,
                 kFewest,
                 kMost);
}

}  // namespace tusker
