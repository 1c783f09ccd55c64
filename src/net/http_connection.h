#pragma once

// For src/net only: one connection of an HttpServer.

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "net/http_server.h"
#include "net/request_head.h"
#include "net/socket.h"

namespace tusker {

class EventLoop;
class HttpConnection;
class WorkerPool;

// What a connection needs of its server, which outlives every connection that is not closed.
class HttpConnectionOwner {
 public:
  virtual ~HttpConnectionOwner() = default;

  virtual const HttpServerOptions& options() const = 0;
  virtual HttpHandler& handler() = 0;
  virtual const Log& log() const = 0;
  virtual EventLoop& loop() = 0;
  virtual std::string_view date() = 0;
  virtual std::span<char> scratch() = 0;  // one for all connections: nothing stays in it
  virtual WorkerPool& file_pool() = 0;
  virtual bool stopping() const = 0;
  // The connection is closed or has become a WebSocket, and is not known to the server any more.
  virtual void forget(HttpConnection& connection) = 0;
};

// Reads requests, has them handled one at a time, and writes the answers: so answers are in order,
// and a client that sends without reading is not read from. Memory: what is unread of the current
// request, and what is unsent of its answer.
//
// A deadline belongs to each phase; the server looks for those that are over.
class HttpConnection final : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(HttpConnectionOwner& owner, boost::asio::ip::tcp::socket tcp);

  void start();
  // Ends it if its deadline is over. Gives memory back while idle.
  void tick(Time now);
  bool idle() const { return phase_ == Phase::Idle && in_.empty(); }
  Time deadline() const { return deadline_; }
  // Breaks it off; the owner is not asked any more.
  void abort();

  // For the exchange under way.
  void answer(HttpResponse response);
  void accept_websocket(const WebSocketOptions& options,
                        std::function<void(std::unique_ptr<WebSocket>)> ready);
  bool open() const { return phase_ != Phase::Closed; }

 private:
  enum class Phase {
    Handshake,
    Idle,  // between requests
    Head,  // some of a head is there
    Body,
    Discarding,  // of a body that is refused: the answer follows
    Handling,    // the handler has the request, or its answer is being sent
    Lingering,   // everything is sent; reading until the client closes, so that it sees the answer
    Closed,
  };
  // What an answer depends on of its request.
  struct Current {
    bool head_only = false;
    bool http_1_0 = false;
    bool keep_alive = true;
    std::string websocket_key;
    std::string range;
  };

  void enter(Phase phase, Duration limit);
  void wait(IoStatus want);
  void on_ready();
  void handshake();
  void pump();
  bool wants_input() const;
  bool take_input();
  bool take_head();
  bool take_body();
  bool take_discarded();
  bool fill();
  void wait_for_input();
  void received(bool open, std::string_view bytes);
  void expect_next_request();
  void begin_body(RequestHead head);
  void dispatch();
  void refuse(const HttpRequest* head, HttpRefusal refusal);
  void refuse_body(const HttpRefusal& refusal, bool body_follows);

  void send(HttpResponse response);
  void send_source(HttpResponse& response);
  void flush();
  bool flush_buffer();
  bool pull();
  void delivered(std::uint64_t serial, Result<std::string> piece);
  void take_piece(Result<std::string> piece);
  void output_done();
  void linger();
  void close();

  HttpConnectionOwner* owner_;  // null once closed
  std::shared_ptr<Socket> socket_;
  Phase phase_ = Phase::Handshake;
  Time deadline_ = Time::max();
  bool pumping_ = false;
  bool drained_ = false;          // the last read took all that the kernel had
  bool receiving_ = false;        // into first_
  std::array<char, 1024> first_;  // what is received after waiting: most requests as a whole

  std::string in_;            // received, not taken yet
  std::size_t searched_ = 0;  // of in_, without finding the end of a head
  HttpRequest request_;
  std::uint64_t body_left_ = 0;  // of the body being read, or of what may be discarded
  Current current_;
  std::optional<HttpRefusal> refusal_;  // to be answered after discarding

  std::string out_;
  std::size_t sent_ = 0;  // of out_ and body_ together
  bool writing_ = false;  // waiting for the kernel to take more
  std::string body_;      // follows out_; not worth copying
  std::shared_ptr<BodySource> source_;
  bool chunked_ = false;
  std::uint64_t source_left_ = 0;  // of an announced length
  std::uint64_t pull_serial_ = 0;
  bool pulling_ = false;
  std::optional<Result<std::string>> pulled_;  // delivered while pulling
};

}  // namespace tusker
