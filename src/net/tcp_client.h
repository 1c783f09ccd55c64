#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace tusker {

class EventLoop;

struct TcpHandlers {
  // The view is good during the call. Not called while paused.
  std::function<void(std::string_view bytes)> on_bytes;
  // The kernel has taken so many more of the bytes that were sent.
  std::function<void(std::size_t bytes)> on_sent;
  // Last, once, unless the destructor came first. Ok: the other side has sent all that it wanted
  // to. Unavailable: not reachable, refused or broken off; DeadlineExceeded.
  std::function<void(const Status&)> on_end;
};

// A TCP connection to an address, for those that carry bytes and do not read them. Everything on
// the loop's thread.
//
// What is sent before the connection stands waits for it. There is no limit to what waits: whoever
// sends counts by on_sent(). Destroying it breaks the connection off, and no handler is called any
// more; it may be destroyed in any handler. The loop outlives it.
class TcpClient {
 public:
  TcpClient(EventLoop& loop,
            std::string address,
            std::uint16_t port,
            Duration connect_timeout,
            TcpHandlers handlers);
  ~TcpClient();
  TcpClient(const TcpClient&) = delete;
  TcpClient& operator=(const TcpClient&) = delete;

  void send(std::string bytes);
  // After what was sent we send no more, and go on receiving.
  void end_sending();

  // Stops reading, so that the other side's window fills.
  void pause();
  void resume();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tusker
