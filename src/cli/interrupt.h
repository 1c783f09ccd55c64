#pragma once

#include <utility>

#include "base/clock.h"
#include "base/file.h"
#include "base/result.h"

namespace tusker::cli {

// While it lives, Ctrl-C (and TERM, HUP) is a fact to read instead of the end of the process. One
// at a time; main thread, before threads are started.
class Interrupt final {
 public:
  static Result<Interrupt> watch();
  Interrupt(Interrupt&&) = default;
  Interrupt& operator=(Interrupt&&) = delete;
  ~Interrupt();

  // Whether one has come since the last call.
  bool requested();
  // Waits for one, at most this long; says whether one came.
  bool wait(Duration longest);
  // Readable when one has come.
  int descriptor() const { return signals_.get(); }

 private:
  explicit Interrupt(UniqueFd signals) : signals_(std::move(signals)) {}
  UniqueFd signals_;
};

}  // namespace tusker::cli
