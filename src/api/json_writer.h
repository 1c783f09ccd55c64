#pragma once

#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace tusker::api {

// Appends one JSON text, quoted and escaped (RFC 8259); bytes that are not UTF-8 become U+FFFD, one
// for each.
void append_json(std::string& out, std::string_view text);

// Writes a long answer behind what a text holds already, front to back: no tree is built. For the
// generated encoders; others append_json().
//
// The place to write at is the caller's, so that it stays in a register: a member would be stored
// and loaded again around every byte written. Whoever writes without asking for room (put) counts:
// behind every place that begin(), ensure() and text() return there are kRoom bytes, less two.
class JsonWriter {
 public:
  static constexpr std::size_t kRoom = 512;
  static constexpr std::size_t kLongestNumber = 32;

  explicit JsonWriter(std::string& out);
  char* begin();
  char* ensure(char* at) {
    return static_cast<std::size_t>(end_ - at) < kRoom ? grow(at, kRoom) : at;
  }
  char* text(char* at, std::string_view text) {
    return text.empty() ? put_empty(ensure(at)) : long_text(at, text);
  }
  std::size_t offset(const char* at) const { return static_cast<std::size_t>(at - out_.data()); }
  // Writes once more what stands at an offset.
  char* again(char* at, std::size_t offset, std::size_t size);
  void finish(const char* at) { out_.resize(static_cast<std::size_t>(at - out_.data())); }

 private:
  static char* put_empty(char* at) {
    at[0] = at[1] = '"';
    return at + 2;
  }
  char* long_text(char* at, std::string_view text);
  char* grow(char* at, std::size_t room);
  char* make_room(std::size_t used, std::size_t size);

  std::string& out_;
  const char* end_ = nullptr;
  std::size_t used_;
};

// A literal: brackets, commas, names.
template <std::size_t Size>
inline char* put(char* at, const char (&json)[Size]) {
  std::memcpy(at, json, Size - 1);
  return at + Size - 1;
}

inline char* put(char* at, std::uint64_t number) {
  if (number < 10) {
    *at = static_cast<char>('0' + number);
    return at + 1;
  }
  return std::to_chars(at, at + JsonWriter::kLongestNumber, number).ptr;
}

inline char* put(char* at, std::int64_t number) {
  if (number >= 0) return put(at, static_cast<std::uint64_t>(number));
  return std::to_chars(at, at + JsonWriter::kLongestNumber, number).ptr;
}

inline char* put(char* at, bool truth) {
  return truth ? put(at, "true") : put(at, "false");
}

// The shortest that reads back; NaN and infinities are 0.
char* put(char* at, double number);

}  // namespace tusker::api
