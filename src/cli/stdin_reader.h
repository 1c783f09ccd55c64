#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "net/worker_pool.h"

namespace tusker {
class EventLoop;
}

namespace tusker::cli {

// Reads a descriptor that the loop cannot watch (a file, a terminal, a pipe), piece by piece, each
// when it is asked for.
//
// Reading happens on a thread of its own, which a terminal may hold up for ever; the destructor
// wakes it. Loop's thread.
class StdinReader final {
 public:
  static Result<std::unique_ptr<StdinReader>> open(EventLoop& loop, int descriptor);
  ~StdinReader();
  StdinReader(const StdinReader&) = delete;
  StdinReader& operator=(const StdinReader&) = delete;

  // Reads once, at most `limit` bytes, then calls `done`: nothing at the end of input (an error is
  // an end too). One at a time.
  void read(std::size_t limit, std::function<void(std::optional<std::string>)> done);
  bool reading() const { return reading_; }

 private:
  StdinReader(EventLoop& loop, int descriptor, UniqueFd wake);

  int descriptor_;
  UniqueFd wake_;  // eventfd: readable when the reader has to give up
  bool reading_ = false;
  WorkerPool pool_;
};

}  // namespace tusker::cli
