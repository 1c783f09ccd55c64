#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace tusker::api {

// Writes JSON behind what a text holds already, front to back: no tree is built. Until the writer
// is gone the text is longer than what was written; whoever makes it may have reserved room.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out);
  ~JsonWriter() { out_.resize(static_cast<std::size_t>(at_ - out_.data())); }
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  // JSON that is written already: brackets, commas, names. Inline, so that literals become moves.
  void raw(std::string_view json) {
    make_room(json.size());
    std::memcpy(at_, json.data(), json.size());
    at_ += json.size();
  }

  // Quoted and escaped (RFC 8259); bytes that are not UTF-8 become U+FFFD, one for each.
  void value(std::string_view text);
  void value(std::int64_t number);
  void value(std::uint64_t number);
  void value(double number);  // shortest that reads back; NaN and infinities are 0
  void value(bool truth) { raw(truth ? "true" : "false"); }

 private:
  void make_room(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at_) < bytes) grow(bytes);
  }
  void grow(std::size_t bytes);
  std::size_t write_special(std::string_view text);
  template <typename T>
  void write_number(T number);

  std::string& out_;
  char* at_;
  char* end_;
};

}  // namespace tusker::api
