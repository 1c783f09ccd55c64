#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace tusker {

// One question to an engine: connect, send, read until the answer is whole.
struct Exchange {
  // Sees all bytes received so far, and whether the other side has ended. True: the answer is
  // whole. An Error gives up.
  using Complete = std::function<Result<bool>(std::string_view received, bool ended)>;

  std::string address;  // IPv4, dotted
  std::uint16_t port = 0;
  std::string request;  // empty: being connected is the answer
  Complete complete;
  Duration deadline = std::chrono::seconds(5);  // for all of it
  std::size_t limit = 4 << 20;                  // of the answer, bytes
};

// Carries out exchanges on one thread of its own with non-blocking sockets: a silent engine delays
// nobody.
//
// Any thread may start one. `done` runs on the exchanger's thread and must not block: it posts to
// whoever asked. The destructor drops what is unfinished; after it no `done` is called.
class Exchanger {
 public:
  using Done = std::function<void(Result<std::string> answer)>;

  Exchanger();
  ~Exchanger();
  Exchanger(const Exchanger&) = delete;
  Exchanger& operator=(const Exchanger&) = delete;

  // `done` gets all bytes received. Unavailable: refused, or ended too early. DeadlineExceeded.
  // ResourceExhausted: answer too large.
  void start(Exchange exchange, Done done);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tusker
