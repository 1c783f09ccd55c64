#pragma once

#include <string>

#include "base/clock.h"
#include "cli/console.h"

namespace tusker::cli {

// What is going on now, in one line on standard error that changes.
//
// On a terminal the line is rewritten; elsewhere it is written again when it changed, at most about
// once a second, and when it is 3 s old, so that it is never silent for longer. Call show() at
// least once a second. Time is given, never read.
class LiveLine final {
 public:
  explicit LiveLine(Console& console) : console_(console) {}
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;

  // "  12.3 s  text"
  void show(const std::string& text, Duration elapsed);
  // A line that stays, above the one that changes.
  void keep(const std::string& text, Duration elapsed);
  // Takes the changing line away.
  void clear();

 private:
  Console& console_;
  std::string shown_;
  Duration written_{-std::chrono::hours(1)};
  bool rewriting_ = false;
};

}  // namespace tusker::cli
