#include "net/websocket.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <utility>

#include "net/event_loop_impl.h"
#include "net/net_stream.h"
#include "net/websocket_session.h"

namespace tusker {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::beast::error_code;

constexpr Duration kOpeningLimit = std::chrono::seconds(10);
constexpr Duration kClosingLimit = std::chrono::seconds(5);
constexpr std::size_t kFirstRead = 4 << 10;  // while nothing of a message is there
constexpr std::size_t kNextRead = 64 << 10;
constexpr std::size_t kKeptBuffer = 64 << 10;

}  // namespace

// The connection itself, kept alive by its operations; the WebSocket in front of it is what users
// own.
class WebSocket::Session final : public std::enable_shared_from_this<WebSocket::Session> {
 public:
  Session(EventLoop& loop, std::shared_ptr<Socket> socket, const WebSocketOptions& options)
      : loop_(loop), options_(options), socket_(std::move(socket)), stream_(socket_) {
    stream_.read_message_max(options.max_message_bytes);
    stream_.auto_fragment(false);
    stream_.control_callback([this](beast::websocket::frame_type, beast::string_view) { heard(); });
  }

  void accept(const std::string& key, std::function<void(std::unique_ptr<WebSocket>)> ready);
  void request(const HttpCall& call, std::function<void(Result<WebSocketAnswer>)> done);

  void start(WebSocketHandlers handlers);
  void send(std::string message, bool binary);
  void pause() { paused_ = true; }
  void resume();
  void close(std::uint16_t code, std::string_view reason);
  void detach() { handlers_.reset(); }

  std::size_t buffered() const { return buffered_; }
  bool open() const { return !ended_ && !closing_; }
  Socket& socket() { return *socket_; }

 private:
  struct Outgoing {
    std::string bytes;
    bool binary = true;
  };

  void heard() { last_heard_ = loop_.now(); }
  void opened();
  void schedule_check();
  void check();
  void read();
  void received(std::size_t bytes);
  void deliver();
  void write();
  void written(const error_code& failure);
  void begin_close();
  void end(WebSocketClose close);
  void end(const error_code& failure);

  EventLoop& loop_;
  const WebSocketOptions options_;
  std::shared_ptr<Socket> socket_;
  beast::websocket::stream<NetStream, false> stream_;  // false: no compression
  std::shared_ptr<WebSocketHandlers>
      handlers_;  // null before start() and after detach(); shared with the call under way
  beast::flat_buffer in_;
  std::deque<Outgoing> out_;
  std::size_t buffered_ = 0;
  Time last_heard_;
  Timer timer_;
  bool reading_ = false;
  bool whole_ = false;  // in_ holds a message that has not been delivered
  bool writing_ = false;
  bool pinging_ = false;
  bool paused_ = false;
  bool closing_ = false;
  bool close_sent_ = false;
  bool ended_ = false;
  WebSocketClose wanted_close_;
};

void WebSocket::Session::accept(const std::string& key,
                                std::function<void(std::unique_ptr<WebSocket>)> ready) {
  http::request<http::empty_body> request{http::verb::get, "/", 11};
  request.set(http::field::host, "tusker");
  request.set(http::field::connection, "upgrade");
  request.set(http::field::upgrade, "websocket");
  request.set(http::field::sec_websocket_version, "13");
  request.set(http::field::sec_websocket_key, key);
  timer_ = loop_.after(kOpeningLimit, [this] { socket_->close(); });
  stream_.async_accept(
      request, [self = shared_from_this(), ready = std::move(ready)](const error_code& failure) {
        self->timer_.cancel();
        if (failure) return;
        self->opened();
        ready(std::make_unique<WebSocket>(self));
      });
}

void WebSocket::Session::request(const HttpCall& call,
                                 std::function<void(Result<WebSocketAnswer>)> done) {
  stream_.set_option(beast::websocket::stream_base::decorator(
      [headers = call.headers](beast::websocket::request_type& request) {
        for (const auto& [name, value] : headers) request.set(name, value);
      }));
  const std::string host =
      fmt::format(fmt::runtime(call.host.find(':') == std::string::npos ? "{}:{}" : "[{}]:{}"),
                  call.host,
                  call.port);
  auto response = std::make_shared<beast::websocket::response_type>();
  stream_.async_handshake(
      *response,
      host,
      call.target,
      [self = shared_from_this(), response, done = std::move(done)](const error_code& failure) {
        if (!failure) {
          self->opened();
          return done(WebSocketAnswer{std::make_unique<WebSocket>(self), {}});
        }
        if (failure != beast::websocket::error::upgrade_declined) {
          return done(Error::make(ErrorCode::Unavailable,
                                  "open a WebSocket to {}: {}",
                                  self->socket_->peer(),
                                  failure.message()));
        }
        WebSocketAnswer answer;
        answer.refusal.status = static_cast<int>(response->result_int());
        for (const auto& field : *response) {
          answer.refusal.headers.emplace_back(std::string(field.name_string()),
                                              std::string(field.value()));
        }
        answer.refusal.body = std::move(response->body());
        done(std::move(answer));
      });
}

void WebSocket::Session::opened() {
  heard();
  schedule_check();
}

void WebSocket::Session::start(WebSocketHandlers handlers) {
  TK_CHECK(!handlers_, "a WebSocket was started twice");
  handlers_ = std::make_shared<WebSocketHandlers>(std::move(handlers));
  read();
}

// ---- silence

void WebSocket::Session::schedule_check() {
  timer_ = loop_.after(std::min(options_.ping_after, options_.silence_limit) / 2,
                       [weak = weak_from_this()] {
                         if (const auto self = weak.lock()) self->check();
                       });
}

void WebSocket::Session::check() {
  if (ended_ || closing_) return;
  const Duration silence = loop_.now() - last_heard_;
  const bool listening = reading_ && !paused_;
  if (listening && silence >= options_.silence_limit) {
    return end(WebSocketClose{1006, "nothing was received for too long"});
  }
  // Also while we do not read: the other side hears us then, and does not take us for dead.
  if (!pinging_ && (silence >= options_.ping_after || !listening)) {
    pinging_ = true;
    stream_.async_ping({}, [self = shared_from_this()](const error_code&) {
      self->pinging_ = false;
      if (self->closing_) self->begin_close();
    });
  }
  schedule_check();
}

// ---- receiving

void WebSocket::Session::read() {
  if (reading_ || paused_ || whole_ || ended_ || closing_) return;
  reading_ = true;
  stream_.async_read_some(in_,
                          in_.size() == 0 ? kFirstRead : kNextRead,
                          [self = shared_from_this()](const error_code& failure, std::size_t n) {
                            self->reading_ = false;
                            if (failure) return self->end(failure);
                            self->received(n);
                          });
}

void WebSocket::Session::received(std::size_t) {
  heard();
  whole_ = stream_.is_message_done();
  if (!whole_) {
    // A message that has begun is read to its end even while paused.
    const bool paused = std::exchange(paused_, false);
    read();
    paused_ = paused;
    return;
  }
  if (!paused_) deliver();
}

void WebSocket::Session::deliver() {
  // Held: the handler may destroy the WebSocket, and with it itself.
  const auto self = shared_from_this();
  const auto handlers = handlers_;
  if (handlers && handlers->on_message && !closing_) {
    handlers->on_message(std::string_view(static_cast<const char*>(in_.data().data()), in_.size()),
                         stream_.got_binary());
  }
  whole_ = false;
  in_.clear();
  if (in_.capacity() > kKeptBuffer) in_.shrink_to_fit();
  read();
}

void WebSocket::Session::resume() {
  if (!std::exchange(paused_, false)) return;
  heard();
  if (!whole_) return read();
  // Not from within resume(): its caller may be in the middle of something.
  loop_.post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->whole_ && !self->paused_) self->deliver();
  });
}

// ---- sending

void WebSocket::Session::send(std::string message, bool binary) {
  if (ended_ || closing_) return;
  buffered_ += message.size();
  if (buffered_ > options_.max_buffered_bytes) {
    // Later, so that the sender does not see its WebSocket end within its own call.
    closing_ = true;
    loop_.post([self = shared_from_this()] {
      self->end(WebSocketClose{1006, "the other side does not take what it is sent"});
    });
    return;
  }
  out_.push_back({std::move(message), binary});
  if (!writing_) write();
}

void WebSocket::Session::write() {
  writing_ = true;
  stream_.binary(out_.front().binary);
  stream_.async_write(boost::asio::buffer(out_.front().bytes),
                      [self = shared_from_this()](const error_code& failure, std::size_t) {
                        self->written(failure);
                      });
}

void WebSocket::Session::written(const error_code& failure) {
  writing_ = false;
  if (failure) return end(failure);
  buffered_ -= out_.front().bytes.size();
  out_.pop_front();
  if (!out_.empty()) return write();
  if (closing_) return begin_close();
  const auto handlers = handlers_;
  if (handlers && handlers->on_drained) handlers->on_drained();
}

// ---- the end

void WebSocket::Session::close(std::uint16_t code, std::string_view reason) {
  detach();
  if (ended_ || closing_) return;
  closing_ = true;
  wanted_close_ = {code, std::string(reason.substr(0, 120))};
  timer_ = loop_.after(kClosingLimit, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->socket_->close();
  });
  begin_close();
}

void WebSocket::Session::begin_close() {
  if (ended_ || writing_ || pinging_ || close_sent_) return;
  close_sent_ = true;
  const beast::websocket::close_reason reason(
      static_cast<beast::websocket::close_code>(wanted_close_.code), wanted_close_.reason);
  stream_.async_close(
      reason, [self = shared_from_this()](const error_code& failure) { self->end(failure); });
}

void WebSocket::Session::end(const error_code& failure) {
  if (failure == beast::websocket::error::closed) {
    const auto& reason = stream_.reason();
    const bool silent = reason.code == beast::websocket::close_code::none;
    return end(
        WebSocketClose{silent ? std::uint16_t{1005} : static_cast<std::uint16_t>(reason.code),
                       std::string(reason.reason.data(), reason.reason.size())});
  }
  if (failure == beast::websocket::error::message_too_big) {
    return end(WebSocketClose{
        1009, fmt::format("a message larger than {} bytes", options_.max_message_bytes)});
  }
  end(WebSocketClose{1006, failure.message()});
}

void WebSocket::Session::end(WebSocketClose close) {
  if (std::exchange(ended_, true)) return;
  timer_.cancel();
  socket_->close();
  const auto handlers = std::exchange(handlers_, nullptr);
  if (handlers && handlers->on_close) handlers->on_close(close);
}

// ---- the user's side

WebSocket::WebSocket(std::shared_ptr<Session> session) : session_(std::move(session)) {}
WebSocket::~WebSocket() {
  session_->close(1001, "going away");
}

void WebSocket::start(WebSocketHandlers handlers) {
  session_->start(std::move(handlers));
}
void WebSocket::send_binary(std::string message) {
  session_->send(std::move(message), true);
}
void WebSocket::send_text(std::string message) {
  session_->send(std::move(message), false);
}
std::size_t WebSocket::buffered() const {
  return session_->buffered();
}
void WebSocket::pause() {
  session_->pause();
}
void WebSocket::resume() {
  session_->resume();
}
void WebSocket::close(std::uint16_t code, std::string_view reason) {
  session_->close(code, reason);
}
bool WebSocket::open() const {
  return session_->open();
}
const std::string& WebSocket::peer() const {
  return session_->socket().peer();
}
const std::shared_ptr<const PeerCertificate>& WebSocket::certificate() const {
  return session_->socket().certificate();
}

void accept_websocket_session(EventLoop& loop,
                              std::shared_ptr<Socket> socket,
                              const std::string& key,
                              const WebSocketOptions& options,
                              std::function<void(std::unique_ptr<WebSocket>)> ready) {
  std::make_shared<WebSocket::Session>(loop, std::move(socket), options)
      ->accept(key, std::move(ready));
}

void request_websocket_session(EventLoop& loop,
                               std::shared_ptr<Socket> socket,
                               const HttpCall& call,
                               const WebSocketOptions& options,
                               std::function<void(Result<WebSocketAnswer>)> done) {
  std::make_shared<WebSocket::Session>(loop, std::move(socket), options)
      ->request(call, std::move(done));
}

}  // namespace tusker
