#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "net/body_source.h"
#include "net/http_message.h"

namespace tusker {

class EventLoop;
class TlsContext;
class WebSocket;
struct WebSocketOptions;

// The way to answer one request: once, now or later, on the loop's thread. A copyable handle; when
// the last copy goes without an answer, the client gets 500. Answering a client that is gone does
// nothing.
class Responder {
 public:
  class Exchange;  // one request in a connection

  Responder() = default;
  explicit Responder(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}

  void send(HttpResponse response) const;
  // Turns the connection of a request with wants_websocket() into a WebSocket. `ready` gets it when
  // the answer has been sent, or is not called if the client is gone.
  void accept_websocket(const WebSocketOptions& options,
                        std::function<void(std::unique_ptr<WebSocket>)> ready) const;
  // Whether the client is still there, as far as we know.
  bool connected() const;

 private:
  std::shared_ptr<Exchange> exchange_;
};

// Why a request was refused before its handler saw it.
struct HttpRefusal {
  enum class Kind {
    Malformed,       // 400, 501, 505…: `status` says which
    HeadTooLarge,    // 431
    BodyTooLarge,    // 413
    LengthRequired,  // 411
    TooSlow,         // 408
  };
  Kind kind = Kind::Malformed;
  int status = 400;
  std::string message;  // what was wrong, for people
};

// Who answers requests. Called on the loop's thread; outlives the server.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;

  // The largest body that this request, complete but for its body, may have. Bodies are held in
  // memory.
  virtual std::size_t body_limit(const HttpRequest& head);
  // A whole request. Requests of one connection come one after another, each when the one before is
  // answered.
  virtual void handle(HttpRequest request, Responder responder) = 0;
  // What a refused client is told, before its connection is closed. `head` is null unless the head
  // was complete and well formed. By default the refusal's status and message as text; an API whose
  // errors are 200 and JSON says so here.
  virtual HttpResponse refuse(const HttpRequest* head, const HttpRefusal& refusal);
};

struct HttpServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;                 // 0: the kernel chooses
  std::shared_ptr<const TlsContext> tls;  // null: plain TCP
  std::size_t max_connections = 4096;     // further ones wait in the kernel's queue
  std::size_t max_head_bytes = 64 << 10;
  std::size_t max_discard_bytes =
      64 << 20;  // of a refused body that is read, so that the client sees the answer
  Duration handshake_timeout = std::chrono::seconds(10);
  Duration head_timeout =
      std::chrono::seconds(15);  // from a request's first byte to its last header
  Duration body_timeout =
      std::chrono::seconds(60);  // for the whole body; each further MiB adds a second
  Duration idle_timeout = std::chrono::seconds(75);   // between requests
  Duration write_timeout = std::chrono::seconds(60);  // without the client taking a byte
};

// An HTTP/1.1 server. Strict (RFC 9112, and stricter: no line folding, no chunked requests),
// limited in every respect.
//
// Construction to destruction on the loop's thread. The destructor breaks connections off; stop()
// ends them in good order. The loop outlives it.
class HttpServer {
 public:
  // Busy: the port is in use. The message names address and port.
  static Result<std::unique_ptr<HttpServer>> listen(EventLoop& loop,
                                                    const HttpServerOptions& options,
                                                    HttpHandler& handler,
                                                    const Log& log);
  ~HttpServer();

  std::uint16_t port() const;
  std::size_t connections() const;  // WebSockets that were made from them not included

  // Accepts no more, closes idle connections, lets requests in flight end, breaks the rest off
  // after `limit`; then calls `done`, once. WebSockets are their owners'.
  void stop(Duration limit, std::function<void()> done);

 private:
  class Impl;
  explicit HttpServer(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace tusker
