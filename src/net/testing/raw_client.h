#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/file.h"
#include "net/event_loop.h"

namespace tusker {

// A TCP client that sends exactly the bytes it is told and keeps all that comes back; turns the
// server's loop while it waits.
class RawClient {
 public:
  RawClient(EventLoop& loop, std::uint16_t port)
      : loop_(loop), fd_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int result = ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    TK_CHECK(result == 0 || errno == EINPROGRESS, "connect: errno {}", errno);
  }

  // Sends all of it, however long the server takes; gives up when the server is not reading or is
  // gone.
  RawClient& send(std::string_view bytes) {
    turn_until([&] {
      while (!bytes.empty()) {
        const ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == ENOTCONN)) return false;
        if (n < 0) return true;
        bytes.remove_prefix(static_cast<std::size_t>(n));
      }
      return true;
    });
    return *this;
  }
  void shutdown_send() { ::shutdown(fd_.get(), SHUT_WR); }

  // What has been received once `mark` is in it, or the connection ended, or 10 s passed.
  const std::string& receive_until(std::string_view mark, std::size_t times = 1) {
    turn_until([&] {
      receive();
      std::size_t found = 0;
      for (std::size_t at = in_.find(mark); at != std::string::npos;
           at = in_.find(mark, at + mark.size()))
        ++found;
      return closed_ || found >= times;
    });
    return in_;
  }
  // All that is sent until the server closes.
  const std::string& receive_all() {
    turn_until([&] {
      receive();
      return closed_;
    });
    return in_;
  }
  bool closed() const { return closed_; }
  bool reset() const { return reset_; }  // closed, and not in good order

 private:
  void receive() {
    char block[1 << 16];
    for (;;) {
      const ssize_t n = ::recv(fd_.get(), block, sizeof block, 0);
      if (n < 0 && (errno == EAGAIN || errno == ENOTCONN)) return;
      if (n <= 0) {
        closed_ = true;
        reset_ = n < 0;
        return;
      }
      in_.append(block, static_cast<std::size_t>(n));
    }
  }

  template <typename Done>
  void turn_until(Done done) {
    // The loop does not know our socket: a timer makes it come back to look.
    Timer look;
    std::function<void()> again = [&] { look = loop_.after(std::chrono::milliseconds(1), again); };
    again();
    loop_.run_until(done, std::chrono::seconds(60));
  }

  EventLoop& loop_;
  UniqueFd fd_;
  std::string in_;
  bool closed_ = false;
  bool reset_ = false;
};

}  // namespace tusker
