#include "net/http_connection.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "net/event_loop_impl.h"
#include "net/websocket_session.h"

namespace tusker {

namespace {

constexpr std::size_t kKeptBuffer = 16 << 10;  // a larger one is given back after each request
constexpr int kReadsPerTurn = 32;              // then others get their turn
constexpr Duration kLinger = std::chrono::seconds(5);
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

void release_if_large(std::string& buffer) {
  if (buffer.capacity() > kKeptBuffer && buffer.empty()) std::string().swap(buffer);
}

}  // namespace

class Responder::Exchange {
 public:
  explicit Exchange(std::shared_ptr<HttpConnection> connection)
      : connection_(std::move(connection)) {}
  ~Exchange() {
    if (connection_)
      connection_->answer(HttpResponse(500, "text/plain", "the request was not answered\n"));
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // The connection, for the one answer.
  std::shared_ptr<HttpConnection> take() {
    TK_CHECK(connection_, "a request was answered twice");
    return std::exchange(connection_, nullptr);
  }
  bool connected() const { return connection_ && connection_->open(); }

 private:
  std::shared_ptr<HttpConnection> connection_;  // null once answered
};

void Responder::send(HttpResponse response) const {
  exchange_->take()->answer(std::move(response));
}

void Responder::accept_websocket(const WebSocketOptions& options,
                                 std::function<void(std::unique_ptr<WebSocket>)> ready) const {
  exchange_->take()->accept_websocket(options, std::move(ready));
}

bool Responder::connected() const {
  return exchange_ && exchange_->connected();
}

HttpConnection::HttpConnection(HttpConnectionOwner& owner, boost::asio::ip::tcp::socket tcp)
    : owner_(&owner), socket_(std::make_shared<Socket>(std::move(tcp))) {}

void HttpConnection::enter(Phase phase, Duration limit) {
  phase_ = phase;
  deadline_ = limit == Duration::max() ? Time::max() : owner_->loop().now() + limit;
}

void HttpConnection::start() {
  if (const auto& tls = owner_->options().tls) {
    const Status status = socket_->use_tls(tls, "", "");
    TK_CHECK(status.ok(), "{}", status.error().message());
  }
  enter(Phase::Handshake, owner_->options().handshake_timeout);
  handshake();
}

void HttpConnection::wait(IoStatus want) {
  socket_->wait(want, [self = shared_from_this()](const boost::system::error_code& failure) {
    if (!failure) self->on_ready();
  });
}

void HttpConnection::on_ready() {
  switch (phase_) {
    case Phase::Closed:
      return;
    case Phase::Handshake:
      return handshake();
    case Phase::Handling:
      if (writing_) flush();
      return;
    default:
      return pump();
  }
}

void HttpConnection::handshake() {
  const Io io = socket_->handshake();
  switch (io.status) {
    case IoStatus::WantRead:
    case IoStatus::WantWrite:
      return wait(io.status);
    case IoStatus::Done:
      break;
    default:
      owner_->log().debug("http.handshake.failed",
                          {{"peer", socket_->peer()}, {"reason", socket_->failure().message()}});
      return close();
  }
  enter(Phase::Idle, owner_->options().head_timeout);
  pump();
}

// ---- reading

bool HttpConnection::wants_input() const {
  return phase_ == Phase::Idle || phase_ == Phase::Head || phase_ == Phase::Body ||
         phase_ == Phase::Discarding || phase_ == Phase::Lingering;
}

// Takes requests for as long as there is input. Answers that come at once are sent from within; the
// loop here, rather than recursion, goes on with the next request.
void HttpConnection::pump() {
  if (pumping_) return;
  const auto self = shared_from_this();
  pumping_ = true;
  int reads = 0;
  while (wants_input()) {
    if (take_input()) continue;
    if (++reads > kReadsPerTurn) {
      boost::asio::post(socket_->tcp().get_executor(), [self] { self->on_ready(); });
      break;
    }
    if (!fill()) break;
  }
  pumping_ = false;
}

// Makes one step with what has been received; false if that wants more input.
bool HttpConnection::take_input() {
  switch (phase_) {
    case Phase::Idle:
    case Phase::Head:
      return take_head();
    case Phase::Body:
      return take_body();
    default:
      return take_discarded();
  }
}

bool HttpConnection::take_head() {
  // An empty line before a request line is ignored (RFC 9112 section 2.2).
  if (searched_ == 0 && in_.starts_with("\r\n")) in_.erase(0, 2);
  if (in_.empty()) return false;
  // Such as a TLS handshake, which would go on without ever looking like the end of a head.
  if (searched_ == 0 && !is_letter(in_.front())) {
    refuse(nullptr, {HttpRefusal::Kind::Malformed, 400, "this is not an HTTP/1.1 request"});
    return true;
  }
  const std::size_t end = in_.find("\r\n\r\n", searched_ < 3 ? 0 : searched_ - 3);
  const std::size_t limit = owner_->options().max_head_bytes;
  if (end == std::string::npos ? in_.size() > limit : end > limit) {
    refuse(nullptr,
           {HttpRefusal::Kind::HeadTooLarge,
            431,
            fmt::format("the request's head is larger than {} bytes", limit)});
    return true;
  }
  if (end == std::string::npos) {
    searched_ = in_.size();
    if (phase_ == Phase::Idle) enter(Phase::Head, owner_->options().head_timeout);
    return false;
  }
  RequestHead head;
  const auto refusal = parse_request_head(std::string_view(in_).substr(0, end + 4), head);
  in_.erase(0, end + 4);
  searched_ = 0;
  current_ = Current{};
  if (refusal) {
    refuse(nullptr, *refusal);
    return true;
  }
  begin_body(std::move(head));
  return true;
}

void HttpConnection::begin_body(RequestHead head) {
  request_ = std::move(head.request);
  request_.peer = socket_->peer();
  request_.certificate = socket_->certificate();
  current_.head_only = request_.method == "HEAD";
  current_.http_1_0 = request_.http_1_0;
  current_.keep_alive = head.keep_alive;
  if (request_.websocket_upgrade) current_.websocket_key = request_.header("Sec-WebSocket-Key");
  if (request_.method == "GET" && !request_.has_header("If-Range"))
    current_.range = request_.header("Range");
  body_left_ = head.content_length;
  if (body_left_ == 0) return dispatch();

  const Duration limit = owner_->options().body_timeout +
                         std::chrono::seconds(std::min<std::uint64_t>(body_left_ >> 20, 3600));
  const std::size_t largest = owner_->handler().body_limit(request_);
  const bool waits = head.expect_continue && in_.empty();
  if (body_left_ > largest) {
    enter(Phase::Discarding, limit);
    return refuse_body(
        {HttpRefusal::Kind::BodyTooLarge,
         413,
         fmt::format("a body of {} bytes; at most {} are taken here", body_left_, largest)},
        !waits);
  }
  // Nothing else is being sent now, so a socket that does not take 25 bytes belongs to a client
  // that does not read.
  if (waits && socket_->write(kContinue).bytes != kContinue.size()) return close();
  enter(Phase::Body, limit);
}

// A refused body is read first, if it is not too long, since many clients look at the answer only
// after they have sent everything.
void HttpConnection::refuse_body(const HttpRefusal& refusal, bool body_follows) {
  if (body_follows && body_left_ <= owner_->options().max_discard_bytes) {
    refusal_ = refusal;
    return;
  }
  refuse(&request_, refusal);
}

bool HttpConnection::take_body() {
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, in_.size()));
  request_.body.append(in_, 0, n);
  in_.erase(0, n);
  body_left_ -= n;
  if (body_left_ > 0) return false;
  dispatch();
  return true;
}

bool HttpConnection::take_discarded() {
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, in_.size()));
  in_.erase(0, n);
  body_left_ -= n;
  if (body_left_ > 0) return false;
  if (phase_ == Phase::Lingering) {
    close();
    return true;
  }
  HttpResponse response =
      owner_->handler().refuse(&request_, *std::exchange(refusal_, std::nullopt));
  phase_ = Phase::Handling;
  deadline_ = Time::max();
  answer(std::move(response));
  return true;
}

void HttpConnection::wait_for_input() {
  if (socket_->tls()) return wait(IoStatus::WantRead);
  if (std::exchange(receiving_, true)) return;
  socket_->receive(
      first_,
      [self = shared_from_this()](const boost::system::error_code& failure, std::size_t bytes) {
        self->receiving_ = false;
        if (self->phase_ == Phase::Closed) return;
        self->received(!failure, {self->first_.data(), bytes});
      });
}

void HttpConnection::received(bool open, std::string_view bytes) {
  if (!open && wants_input()) return close();
  drained_ = bytes.size() < first_.size();
  in_ += bytes;
  if (wants_input()) pump();
}

// Reads once. False if there is nothing to read now, or never again.
bool HttpConnection::fill() {
  if (std::exchange(drained_, false)) {
    wait_for_input();
    return false;
  }
  const std::span<char> scratch = owner_->scratch();
  const Io io = socket_->read(scratch.data(), scratch.size());
  switch (io.status) {
    case IoStatus::Done:
      // Asking again would only be told that there is nothing; waiting does not miss what comes
      // meanwhile.
      drained_ = !socket_->tls() && io.bytes < scratch.size();
      in_.append(scratch.data(), io.bytes);
      return true;
    case IoStatus::WantRead:
      wait_for_input();
      return false;
    case IoStatus::WantWrite:
      wait(io.status);
      return false;
    default:
      close();
      return false;
  }
}

void HttpConnection::dispatch() {
  enter(Phase::Handling, Duration::max());
  auto exchange = std::make_shared<Responder::Exchange>(shared_from_this());
  owner_->handler().handle(std::exchange(request_, HttpRequest()), Responder(std::move(exchange)));
}

void HttpConnection::refuse(const HttpRequest* head, HttpRefusal refusal) {
  HttpResponse response = owner_->handler().refuse(head, refusal);
  response.close = true;
  refusal_.reset();
  owner_->log().debug(
      "http.refused",
      {{"peer", socket_->peer()}, {"status", refusal.status}, {"reason", refusal.message}});
  enter(Phase::Handling, Duration::max());
  answer(std::move(response));
}

void HttpConnection::expect_next_request() {
  release_if_large(in_);
  release_if_large(out_);
  if (owner_->stopping() && in_.empty()) return close();
  enter(Phase::Idle, owner_->options().idle_timeout);
  pump();
}

// ---- ends

void HttpConnection::linger() {
  socket_->shutdown_send();
  in_.clear();
  body_left_ = owner_->options().max_discard_bytes;
  enter(Phase::Lingering, kLinger);
  pump();
}

void HttpConnection::tick(Time now) {
  if (phase_ == Phase::Idle && in_.empty()) {
    std::string().swap(in_);
    std::string().swap(out_);
  }
  if (now < deadline_) return;
  if (phase_ == Phase::Head || phase_ == Phase::Body) {
    const bool has_head = phase_ == Phase::Body;
    return refuse(has_head ? &request_ : nullptr,
                  {HttpRefusal::Kind::TooSlow, 408, "the request did not arrive in time"});
  }
  if (phase_ == Phase::Discarding) return refuse(&request_, *std::exchange(refusal_, std::nullopt));
  close();
}

void HttpConnection::abort() {
  if (phase_ == Phase::Closed) return;
  phase_ = Phase::Closed;
  owner_ = nullptr;
  source_.reset();
  if (socket_) socket_->close();
}

void HttpConnection::close() {
  if (phase_ == Phase::Closed) return;
  HttpConnectionOwner* owner = owner_;
  const auto self = shared_from_this();
  abort();
  owner->forget(*this);
}

void HttpConnection::accept_websocket(const WebSocketOptions& options,
                                      std::function<void(std::unique_ptr<WebSocket>)> ready) {
  if (phase_ != Phase::Handling) return;
  // A client has to wait for the answer before it sends frames (RFC 6455 section 4.1).
  if (current_.websocket_key.empty() || !in_.empty()) {
    HttpResponse response(400, "text/plain", "not a proper request for a WebSocket\n");
    response.close = true;
    return answer(std::move(response));
  }
  HttpConnectionOwner* owner = owner_;
  const auto self = shared_from_this();
  std::shared_ptr<Socket> socket = std::exchange(socket_, nullptr);
  EventLoop& loop = owner->loop();
  abort();
  owner->forget(*this);
  accept_websocket_session(
      loop, std::move(socket), current_.websocket_key, options, std::move(ready));
}

}  // namespace tusker
