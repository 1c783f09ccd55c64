#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/http_message.h"
#include "net/websocket.h"

namespace tusker {

class EventLoop;
class TlsContext;

// A request to make. Host, Content-Length and Connection are added unless they are in `headers`.
struct HttpCall {
  std::string method = "GET";
  std::string host;  // name or address, without brackets
  std::uint16_t port = 80;
  std::string target = "/";  // path and query, already encoded
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::shared_ptr<const TlsContext> tls;  // null: plain TCP

  Duration connect_timeout = std::chrono::seconds(10);  // name, connection and TLS handshake
  Duration timeout = std::chrono::seconds(60);          // for everything, 0: none
  Duration idle_timeout =
      std::chrono::seconds(30);  // without a byte of the answer once it is streamed
  std::size_t max_body_bytes =
      16 << 20;  // a larger answer is ResourceExhausted; streamed ones count too
  // Gets the body of a 2xx answer piece by piece instead of HttpReply::body; an Error ends the
  // call. Called on the thread of the loop (of fetch: the calling thread, so it may block).
  std::function<Status(std::string_view piece)> on_body;
};

// A URL's parts, as HttpCall has them: "http://host:port/path?query" or https. InvalidArgument for
// anything else.
struct HttpUrl {
  bool https = false;
  std::string host;
  std::uint16_t port = 80;
  std::string target = "/";
};
Result<HttpUrl> parse_url(std::string_view url);

// A call under way. Destroying it cancels: `done` is not called any more. Loop's thread.
class PendingCall {
 public:
  class Operation;
  PendingCall() = default;
  explicit PendingCall(std::shared_ptr<Operation> operation);
  PendingCall(PendingCall&&) noexcept = default;
  PendingCall& operator=(PendingCall&&) noexcept;
  ~PendingCall();

  void cancel();

 private:
  std::shared_ptr<Operation> operation_;
};

// Makes the call on a connection of its own and calls `done` once, later, on the loop's thread. Any
// status is a success of the call. Unavailable: not reachable, refused or broken off (worth a
// retry). DeadlineExceeded. ResourceExhausted: answer too large. PermissionDenied: the server's
// certificate is not trusted. Corrupt: not HTTP.
[[nodiscard]] PendingCall send_http(EventLoop& loop,
                                    HttpCall call,
                                    std::function<void(Result<HttpReply>)> done);

// What became of a request for a WebSocket: the socket, or the server's answer when it said
// something else.
struct WebSocketAnswer {
  std::unique_ptr<WebSocket> socket;  // null if refused
  HttpReply refusal;
};

// As send_http(); method and body are not used, the handshake's headers are added.
[[nodiscard]] PendingCall connect_websocket(EventLoop& loop,
                                            HttpCall call,
                                            const WebSocketOptions& options,
                                            std::function<void(Result<WebSocketAnswer>)> done);

// send_http() for command lines and worker threads: blocks, with a loop of its own. `cancelled`, if
// any, is asked about four times a second.
Result<HttpReply> fetch(HttpCall call, const std::function<bool()>& cancelled = nullptr);

}  // namespace tusker
