#pragma once

#include <fmt/compile.h>
#include <fmt/format.h>

#include <cstring>
#include <iterator>
#include <memory_resource>
#include <string_view>

namespace tusker::api {

// Owns the texts that an answer makes up, until it is encoded: answers borrow everything. Freed as
// a whole, the first 4 KiB are on the stack.
class TextKeeper {
 public:
  TextKeeper() = default;
  TextKeeper(const TextKeeper&) = delete;
  TextKeeper& operator=(const TextKeeper&) = delete;

  std::string_view keep(std::string_view text) {
    char* const place = static_cast<char*>(memory_.allocate(text.size() + 1, 1));
    std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
  }

  // For texts that every answer has many of: the format is compiled, FMT_COMPILE("{} GB").
  template <typename Format, typename... Args>
  std::string_view format(const Format& format, const Args&... args) {
    fmt::memory_buffer text;
    fmt::format_to(std::back_inserter(text), format, args...);
    return keep({text.data(), text.size()});
  }

 private:
  char first_[4096];
  std::pmr::monotonic_buffer_resource memory_{first_, sizeof first_};
};

}  // namespace tusker::api
