#pragma once

#include <fmt/format.h>

#include <string_view>

namespace tusker {

// Writes where and why to the log and standard error, and aborts: recovery from a crash is the
// tested path.
[[noreturn]] void check_failed(const char* file,
                               int line,
                               std::string_view condition,
                               std::string_view message);

}  // namespace tusker

// Guards what must hold whatever anybody sends us: TK_CHECK(left >= 0, "left is {}", left). Never
// for bad input.
#define TK_CHECK(condition, ...)                                                          \
  do {                                                                                    \
    if (!(condition)) [[unlikely]]                                                        \
      ::tusker::check_failed(__FILE__, __LINE__, #condition, ::fmt::format(__VA_ARGS__)); \
  } while (false)
