#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tusker::cli {

// What a detached `up` tells the process that started it, as lines on a pipe: "P text" progress, "R
// text" ready, and "F code text" failed, whose text goes on to the end.
struct UpReport {
  enum class Kind { Progress, Ready, Failed };
  Kind kind = Kind::Progress;
  int exit_code = 0;
  std::string text;
};

std::string encode(const UpReport& report);

// Takes the next whole report off the front of what was read so far. `at_end`: nothing more will
// come. Nothing if there is none yet.
std::optional<UpReport> take_report(std::string& received, bool at_end);

}  // namespace tusker::cli
