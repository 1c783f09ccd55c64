#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tusker::cli {

using Environment = std::map<std::string, std::string, std::less<>>;

// Of this process. Names as the caller wrote them.
Environment process_environment();

// Where a command talks to people: answers on standard output, everything else (progress, notes,
// questions) on standard error, so that an answer can be piped. One thread.
class Console final {
 public:
  using Sink = std::function<void(std::string_view)>;
  struct Traits {
    bool in_is_terminal = false;
    bool out_is_terminal = false;
    bool err_is_terminal = false;
    bool color = false;  // on those of the two that are terminals
    std::size_t columns = 80;
  };
  // Answers a line without its end, or nothing at the end of input.
  using LineReader = std::function<std::optional<std::string>()>;

  Console(Sink out, Sink err, LineReader read_line, Traits traits);
  // Descriptors 0, 1 and 2. No colors with NO_COLOR or TERM=dumb.
  static Console of_process(const Environment& environment);

  const Traits& traits() const { return traits_; }

  void answer(std::string_view text) { out_(text); }
  void note(std::string_view text) { err_(text); }
  // "error: …" in red; the remedy belongs to the message.
  void error(std::string_view message);

  std::string bold(std::string_view text) const;    // for standard output
  std::string dimmed(std::string_view text) const;  // for standard error

  // Asks on the terminal; only "y" and "yes" are yes. Only where can_ask().
  bool confirm(std::string_view question);
  bool can_ask() const { return traits_.in_is_terminal && traits_.err_is_terminal; }

 private:
  Sink out_;
  Sink err_;
  LineReader read_line_;
  Traits traits_;
};

}  // namespace tusker::cli
