#include "control/telling_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "base/encoding.h"

namespace tusker {
namespace {

constexpr std::size_t kLongest = 300;

// What nothing explains better, wherever it stands: the JVM's own words, and the kernel's.
constexpr std::array<std::string_view, 6> kFinal = {
    "Invalid maximum heap size",
    "Invalid initial heap size",
    "Could not reserve enough space",
    "No space left on device",
    "Address already in use",
    "java.lang.OutOfMemoryError",
};

constexpr std::array<std::string_view, 4> kMarks = {
    "Caused by: ", "Exception in thread ", "Exception: ", "Error: "};

// Of a client that waited for others: only they know more.
constexpr std::array<std::string_view, 1> kSecondHand = {" failed with state "};

// True of everything that fails.
constexpr std::array<std::string_view, 3> kEmpty = {
    "Error: A fatal exception has occurred", "Error: Could not create the Java", "SHUTDOWN_MSG"};

bool has_any(std::string_view line, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [line](std::string_view word) {
    return line.find(word) != std::string_view::npos;
  });
}

// Frames of a stack trace are indented, and what they are about stands before them.
bool is_frame(std::string_view line) {
  return line.empty() || line.front() == ' ' || line.front() == '\t';
}

// Without what Hadoop's log format puts before a message ("2026-11-26 20:00:01,000 INFO
// util.ExitUtil: "), and without the words of its ExitUtil.
std::string_view bare(std::string_view line) {
  const auto after = [](std::string_view text, std::string_view mark) {
    const std::size_t at = text.find(mark);
    return at == std::string_view::npos ? text : text.substr(at + mark.size());
  };
  constexpr std::string_view kDate = "2026-11-26 20:00:01,000";
  const bool dated = line.size() > kDate.size() && line[4] == '-' && line[13] == ':' &&
                     line[19] == ',' && line[23] == ' ';
  if (dated) line = after(line, ": ");
  return line.starts_with("Exiting with status ") ? after(line, ": ") : line;
}

std::optional<std::string> last_with(const LogLines& log, std::span<const std::string_view> words) {
  for (int i = log.size() - 1; i >= 0; --i) {
    const std::string& line = log[i];
    if (!is_frame(line) && !has_any(line, kEmpty) && has_any(line, words))
      return cut_text(bare(line), kLongest);
  }
  return std::nullopt;
}

}  // namespace

std::string telling_line(const LogLines& log) {
  std::optional<std::string> found = last_with(log, kFinal);
  if (!found) found = last_with(log, kMarks);
  if (!found) found = last_with(log, kSecondHand);
  return found.value_or("");
}

std::string end_text(int exit_code, const LogLines& log) {
  constexpr int kBySignal = 128;
  std::string text = fmt::format("ended with exit code {}", exit_code);
  if (exit_code > kBySignal) text += fmt::format(", by signal {}", exit_code - kBySignal);
  const std::string why = telling_line(log);
  return why.empty() || exit_code > kBySignal ? text : fmt::format("{}: {}", text, why);
}

}  // namespace tusker
