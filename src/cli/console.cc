#include "cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/file.h"

namespace tusker::cli {

namespace {

std::optional<std::string> read_line(int fd) {
  std::string line;
  for (;;) {
    char c = 0;
    const ssize_t n = ::read(fd, &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return line.empty() ? std::nullopt : std::optional(line);
    if (c == '\n') return line;
    line += c;
  }
}

std::size_t columns_of(int fd) {
  winsize size{};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

Environment process_environment() {
  Environment out;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos)
      out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

Console::Console(Sink out, Sink err, LineReader read_line, Traits traits)
    : out_(std::move(out)),
      err_(std::move(err)),
      read_line_(std::move(read_line)),
      traits_(traits) {}

Console Console::of_process(const Environment& environment) {
  Traits traits;
  traits.in_is_terminal = ::isatty(0) == 1;
  traits.out_is_terminal = ::isatty(1) == 1;
  traits.err_is_terminal = ::isatty(2) == 1;
  const auto term = environment.find("TERM");
  const auto no_color = environment.find("NO_COLOR");
  traits.color = term != environment.end() && term->second != "dumb" &&
                 (no_color == environment.end() || no_color->second.empty());
  traits.columns = columns_of(traits.err_is_terminal ? 2 : 1);
  // A write that fails means that nobody reads any more: nobody is left to tell.
  return Console([](std::string_view text) { (void)write_all(1, text, "output"); },
                 [](std::string_view text) { (void)write_all(2, text, "error output"); },
                 [] { return read_line(0); },
                 traits);
}

void Console::error(std::string_view message) {
  const bool color = traits_.color && traits_.err_is_terminal;
  err_(color ? "\033[31merror:\033[0m " : "error: ");
  err_(message);
  err_("\n");
}

std::string Console::bold(std::string_view text) const {
  if (!traits_.color || !traits_.out_is_terminal) return std::string(text);
  return "\033[1m" + std::string(text) + "\033[0m";
}

std::string Console::dimmed(std::string_view text) const {
  if (!traits_.color || !traits_.err_is_terminal) return std::string(text);
  return "\033[2m" + std::string(text) + "\033[0m";
}

bool Console::confirm(std::string_view question) {
  err_(question);
  err_(" [y/N] ");
  const std::optional<std::string> answer = read_line_();
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace tusker::cli
