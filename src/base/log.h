#pragma once

#include <fmt/format.h>

#include <chrono>
#include <concepts>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace tusker {

enum class LogLevel { Debug, Info, Warn, Error };

// One fact of an event: {"node", id}, {"took", duration}, {"count", 3}. Sealed has no conversion,
// so a secret cannot get in.
struct LogField {
  std::string_view key;  // a literal
  std::string value;

  template <typename T>
  LogField(std::string_view name, const T& fact) : key(name), value(render(fact)) {}

 private:
  template <typename T>
  static std::string render(const T& fact) {
    if constexpr (std::same_as<T, Duration>) {
      return fmt::format("{:.3f}s", std::chrono::duration<double>(fact).count());
    } else {
      return fmt::format("{}", fact);
    }
  }
};

// Writes one event per line: time, level, a stable dotted name, then facts as key=value with values
// quoted where needed.
//
//   log.info("flow.stage.done", {{"flow", id}, {"stage", stage.name}, {"took", took}});
//
// `error` needs a person, `warn` may soon, `info` tells an operator the story, `debug` is for one
// investigation. A value: copies share the output and carry their own context fields. Any thread; a
// line is written whole.
class Log {
 public:
  class Output;

  // To standard error, from `least` up.
  static Log to_stderr(LogLevel least = LogLevel::Info);
  // To a file of mode 0640, rotated at 20 MB, three kept; falls back to standard error when it
  // cannot be opened.
  static Log to_file(const std::string& path, LogLevel least = LogLevel::Info);
  // Nowhere: for tests that do not look.
  static Log none();

  // The same output, with these facts on every line.
  Log with(std::initializer_list<LogField> fields) const;

  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::Debug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::Info, event, fields);
  }
  void warn(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::Warn, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::Error, event, fields);
  }

 private:
  Log(std::shared_ptr<Output> output, std::string context)
      : output_(std::move(output)), context_(std::move(context)) {}
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const;

  std::shared_ptr<Output> output_;  // shared: every copy writes to it
  std::string context_;             // already rendered, " key=value"…
};

}  // namespace tusker
