#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/certificate.h"

namespace tusker {

struct WebSocketOptions {
  std::size_t max_message_bytes = 4 << 20;   // a larger one closes with code 1009
  std::size_t max_buffered_bytes = 8 << 20;  // unsent output beyond this closes the connection
  Duration ping_after = std::chrono::seconds(15);     // of silence
  Duration silence_limit = std::chrono::seconds(45);  // nothing received for so long: closed
};

// How a WebSocket ended. 1006: the connection broke without a word.
struct WebSocketClose {
  std::uint16_t code = 1006;  // RFC 6455 section 7.4
  std::string reason;
};

struct WebSocketHandlers {
  // A whole message; the view is good during the call. Not called while paused.
  std::function<void(std::string_view message, bool binary)> on_message;
  // Last, once, unless close() or the destructor came first. The WebSocket may be destroyed in it.
  std::function<void(const WebSocketClose&)> on_close;
  // All output has been sent: time for more.
  std::function<void()> on_drained;
};

// One end of a WebSocket, of a server or a client. Everything on the loop's thread.
//
// Sends in order without waiting, up to max_buffered_bytes. Answers pings, and closes a connection
// that is silent for too long. Destroying it closes the connection (code 1001, after what is
// buffered was sent or 5 s), and no handler is called any more; it may be destroyed in any handler.
class WebSocket {
 public:
  class Session;

  explicit WebSocket(std::shared_ptr<Session> session);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  // Nothing is received before start(); messages that came earlier wait.
  void start(WebSocketHandlers handlers);

  // After the end these do nothing.
  void send_binary(std::string message);
  void send_text(std::string message);
  // Bytes that the kernel has not taken yet.
  std::size_t buffered() const;

  // Stops reading, so that the sender's window fills; for relays. At most one message that is
  // already being read arrives whole and waits. The silence limit does not count while paused.
  void pause();
  void resume();

  // Sends what is buffered, then the close frame; waits for the other side's, at most 5 s. No
  // handler is called any more.
  void close(std::uint16_t code, std::string_view reason);
  bool open() const;

  const std::string& peer() const;  // "127.0.0.1:40322"
  const std::shared_ptr<const PeerCertificate>& certificate() const;

 private:
  std::shared_ptr<Session> session_;  // shared with operations in flight
};

}  // namespace tusker
