#include "cli/live_line.h"

#include <fmt/format.h>

#include "cli/words.h"

namespace tusker::cli {

namespace {

constexpr Duration kLongestSilence = std::chrono::milliseconds(2500);
// Log lines change many times a second; a stream of them helps nobody.
constexpr Duration kShortestPause = std::chrono::milliseconds(900);

std::string clock_text(Duration elapsed) {
  const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count() / 100;
  return fmt::format("{:>4}.{} s", tenths / 10, tenths % 10);
}

}  // namespace

void LiveLine::show(const std::string& text, Duration elapsed) {
  if (console_.traits().err_is_terminal) {
    const std::string line = fit(clock_text(elapsed) + "  " + text, console_.traits().columns - 1);
    console_.note("\r\033[K" + console_.dimmed(line));
    rewriting_ = true;
    return;
  }
  const Duration age = elapsed - written_;
  if (age < kLongestSilence && (text == shown_ || age < kShortestPause)) return;
  shown_ = text;
  written_ = elapsed;
  console_.note(clock_text(elapsed) + "  " + text + "\n");
}

void LiveLine::keep(const std::string& text, Duration elapsed) {
  clear();
  written_ = elapsed;
  console_.note(clock_text(elapsed) + "  " + text + "\n");
}

void LiveLine::clear() {
  if (rewriting_) console_.note("\r\033[K");
  rewriting_ = false;
}

}  // namespace tusker::cli
