#include "api/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "api/utf8.h"

namespace tusker::api {
namespace {

// Bytes that can be copied as they are: printable ASCII without quote and backslash.
constexpr std::array<bool, 256> make_plain() {
  std::array<bool, 256> plain{};
  for (int c = 0x20; c < 0x7F; ++c) plain[static_cast<std::size_t>(c)] = c != '"' && c != '\\';
  return plain;
}
constexpr std::array<bool, 256> kPlain = make_plain();

void append_control(std::string& out, char c) {
  switch (c) {
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    default: {
      static constexpr char kHex[] = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      const char escape[] = {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
      out.append(escape, sizeof escape);
    }
  }
}

// Appends what stands at the front of `text`, which is no plain byte; returns how many bytes that
// were.
std::size_t append_special(std::string& out, std::string_view text) {
  const char c = text[0];
  if (c == '"' || c == '\\') {
    out.push_back('\\');
    out.push_back(c);
    return 1;
  }
  if (static_cast<unsigned char>(c) < 0x80) {
    append_control(out, c);
    return 1;
  }
  const std::size_t length = utf8_sequence(text);
  if (length == 0) {
    out.append("\xEF\xBF\xBD");
    return 1;
  }
  out.append(text.substr(0, length));
  return length;
}

template <typename T>
void append_number(std::string& out, T number) {
  char digits[32];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, number);
  static_cast<void>(error);  // 32 bytes hold every value of these types
  out.append(digits, static_cast<std::size_t>(end - digits));
}

}  // namespace

void append_json(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t start = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    if (kPlain[static_cast<unsigned char>(text[at])]) {
      ++at;
      continue;
    }
    out.append(text, start, at - start);
    at += append_special(out, text.substr(at));
    start = at;
  }
  out.append(text, start, at - start);
  out.push_back('"');
}

void append_json(std::string& out, std::int64_t number) {
  append_number(out, number);
}
void append_json(std::string& out, std::uint64_t number) {
  append_number(out, number);
}
void append_json(std::string& out, double number) {
  append_number(out, std::isfinite(number) ? number : 0.0);
}
void append_json(std::string& out, bool value) {
  out.append(value ? "true" : "false");
}

}  // namespace tusker::api
