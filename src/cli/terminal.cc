#include "cli/terminal.h"

#include <sys/ioctl.h>

#include <cerrno>
#include <utility>

namespace tusker::cli {

WindowSize window_size(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
    return {};
  // The API's limits of Columns and Rows.
  const auto limited = [](unsigned value) { return value > 1000U ? 1000U : value; };
  return {.columns = limited(size.ws_col), .rows = limited(size.ws_row)};
}

Result<RawTerminal> RawTerminal::enter(int descriptor) {
  termios before{};
  if (::tcgetattr(descriptor, &before) != 0)
    return Error::from_errno(errno, "read terminal settings");
  termios raw = before;
  ::cfmakeraw(&raw);
  if (::tcsetattr(descriptor, TCSADRAIN, &raw) != 0)
    return Error::from_errno(errno, "change terminal settings");
  return RawTerminal(descriptor, before);
}

RawTerminal::RawTerminal(RawTerminal&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), before_(other.before_) {}

RawTerminal::~RawTerminal() {
  if (descriptor_ >= 0) ::tcsetattr(descriptor_, TCSADRAIN, &before_);
}

}  // namespace tusker::cli
