#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace tusker {

void check_failed(const char* file,
                  int line,
                  std::string_view condition,
                  std::string_view message) {
  fmt::print(stderr, "tusker: {}:{}: check failed: {}: {}\n", file, line, condition, message);
  std::fflush(stderr);
  std::abort();
}

}  // namespace tusker
