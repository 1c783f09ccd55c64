#include "api/json_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "api/utf8.h"

namespace tusker::api {
namespace {

constexpr std::size_t kLeastRoom = 512;
constexpr std::size_t kLongestEscape = 6;  // \u001f
constexpr std::size_t kLongestNumber = 32;

// Bytes that can be copied as they are: printable ASCII without quote and backslash.
constexpr std::array<bool, 256> make_plain() {
  std::array<bool, 256> plain{};
  for (int c = 0x20; c < 0x7F; ++c) plain[static_cast<std::size_t>(c)] = c != '"' && c != '\\';
  return plain;
}
constexpr std::array<bool, 256> kPlain = make_plain();

constexpr std::uint64_t each(std::uint64_t byte) {
  return byte * 0x0101010101010101ULL;
}

// Whether some byte of `block` is `byte`. (Hacker's Delight, 6-1.)
constexpr std::uint64_t has(std::uint64_t block, unsigned char byte) {
  const std::uint64_t zeroed = block ^ each(byte);
  return (zeroed - each(1)) & ~zeroed & each(0x80);
}

// Whether kPlain holds for eight bytes at once.
constexpr bool are_plain(std::uint64_t block) {
  const std::uint64_t controls = (block - each(0x20)) & ~block & each(0x80);
  const std::uint64_t found =
      controls | (block & each(0x80)) | has(block, '"') | has(block, '\\') | has(block, 0x7F);
  return found == 0;
}

}  // namespace

JsonWriter::JsonWriter(std::string& out) : out_(out) {
  const std::size_t used = out.size();
  out.resize(std::max(out.capacity(), used + kLeastRoom));
  at_ = out.data() + used;
  end_ = out.data() + out.size();
}

void JsonWriter::grow(std::size_t bytes) {
  const auto used = static_cast<std::size_t>(at_ - out_.data());
  out_.resize(std::max(out_.size() * 2, used + bytes));
  at_ = out_.data() + used;
  end_ = out_.data() + out_.size();
}

// What stands at the front of `text`, which is no plain byte; returns how many bytes that were.
// There is room.
std::size_t JsonWriter::write_special(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  const char c = text[0];
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x80) {
    const std::size_t length = utf8_sequence(text);
    raw(length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length));
    return std::max<std::size_t>(length, 1);
  }
  switch (c) {
    case '"':
      raw("\\\"");
      break;
    case '\\':
      raw("\\\\");
      break;
    case '\n':
      raw("\\n");
      break;
    case '\r':
      raw("\\r");
      break;
    case '\t':
      raw("\\t");
      break;
    default: {
      const char escape[] = {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
      raw({escape, sizeof escape});
    }
  }
  return 1;
}

void JsonWriter::value(std::string_view text) {
  make_room(text.size() + 2);
  *at_++ = '"';
  std::size_t at = 0;
  while (at < text.size()) {
    // As long as nothing was escaped, what is left fits into what was made room for.
    char* to = at_;
    std::uint64_t block = 0;
    for (; text.size() - at >= sizeof block; at += sizeof block, to += sizeof block) {
      std::memcpy(&block, text.data() + at, sizeof block);
      if (!are_plain(block)) break;
      std::memcpy(to, &block, sizeof block);
    }
    for (; at < text.size() && kPlain[static_cast<unsigned char>(text[at])]; ++at) *to++ = text[at];
    at_ = to;
    if (at == text.size()) break;
    make_room(kLongestEscape + text.size() - at + 1);
    at += write_special(text.substr(at));
    make_room(text.size() - at + 1);
  }
  *at_++ = '"';
}

template <typename T>
void JsonWriter::write_number(T number) {
  make_room(kLongestNumber);
  at_ = std::to_chars(at_, at_ + kLongestNumber, number).ptr;  // 32 bytes hold every value
}

void JsonWriter::value(std::int64_t number) {
  write_number(number);
}
void JsonWriter::value(std::uint64_t number) {
  write_number(number);
}
void JsonWriter::value(double number) {
  write_number(std::isfinite(number) ? number : 0.0);
}

}  // namespace tusker::api
