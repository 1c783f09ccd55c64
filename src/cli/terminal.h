#pragma once

#include <termios.h>

#include <cstdint>
#include <optional>

#include "base/result.h"

namespace tusker::cli {

struct WindowSize {
  std::uint32_t columns = 80;
  std::uint32_t rows = 24;
};

// Of the terminal at this descriptor; the usual size if it tells none.
WindowSize window_size(int descriptor);

// While it lives, the terminal hands over every key as it is typed, Ctrl-C included: the program at
// the other end decides what it means. The destructor restores it.
class RawTerminal final {
 public:
  static Result<RawTerminal> enter(int descriptor);
  RawTerminal(RawTerminal&& other) noexcept;
  RawTerminal& operator=(RawTerminal&&) = delete;
  ~RawTerminal();

 private:
  RawTerminal(int descriptor, const termios& before) : descriptor_(descriptor), before_(before) {}
  int descriptor_;  // -1: moved from
  termios before_;
};

}  // namespace tusker::cli
