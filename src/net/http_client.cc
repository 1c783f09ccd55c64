#include "net/http_client.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "net/dial.h"
#include "net/event_loop.h"
#include "net/response_reader.h"
#include "net/websocket_session.h"

namespace tusker {

namespace {

constexpr std::size_t kReadSize = 64 << 10;
constexpr int kReadsPerTurn = 16;  // then other callbacks get their turn

bool has_header(const HttpCall& call, std::string_view name) {
  return std::any_of(call.headers.begin(), call.headers.end(), [name](const auto& header) {
    return equal_ignoring_case(header.first, name);
  });
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == 0x7f;
  });
}

// A line break in a target or header would be a second request.
Status check_call(const HttpCall& call) {
  bool bad = has_control_character(call.host) || has_control_character(call.target) ||
             has_control_character(call.method) || call.target.empty() ||
             call.target.find(' ') != std::string::npos || call.host.empty();
  for (const auto& [name, value] : call.headers) {
    bad |= name.empty() || has_control_character(name) ||
           name.find_first_of(" :") != std::string::npos || has_control_character(value);
  }
  if (bad)
    return Error::make(ErrorCode::InvalidArgument,
                       "not a request that can be sent: {} {}",
                       call.method,
                       call.target);
  return ok_status();
}

std::string request_text(const HttpCall& call) {
  std::string out = fmt::format("{} {} HTTP/1.1\r\n", call.method, call.target);
  if (!has_header(call, "host")) {
    const bool v6 = call.host.find(':') != std::string::npos;
    const bool default_port = call.port == (call.tls ? 443 : 80);
    out += fmt::format("Host: {}{}{}", v6 ? "[" : "", call.host, v6 ? "]" : "");
    if (!default_port) out += fmt::format(":{}", call.port);
    out += "\r\n";
  }
  for (const auto& [name, value] : call.headers) out += fmt::format("{}: {}\r\n", name, value);
  const bool has_body = !call.body.empty() || call.method == "POST" || call.method == "PUT";
  if (has_body && !has_header(call, "content-length"))
    out += fmt::format("Content-Length: {}\r\n", call.body.size());
  if (!has_header(call, "connection")) out += "Connection: close\r\n";
  out += "\r\n";
  out += call.body;
  return out;
}

}  // namespace

class PendingCall::Operation {
 public:
  virtual ~Operation() = default;
  virtual void cancel() = 0;
};

namespace {

// What calls and WebSockets have in common: a connection to be opened, deadlines, an end that is
// told once.
template <typename Value>
class ClientOperation : public PendingCall::Operation,
                        public std::enable_shared_from_this<ClientOperation<Value>> {
 public:
  using Done = std::function<void(Result<Value>)>;

  ClientOperation(EventLoop& loop, HttpCall call, Done done)
      : loop_(loop), call_(std::move(call)), done_(std::move(done)) {}

  void start() {
    if (Status status = check_call(call_); !status.ok()) {
      loop_.post(
          [self = this->shared_from_this(), error = status.error()] { self->finish(error); });
      return;
    }
    if (call_.timeout.count() > 0) deadline_ = limit(call_.timeout, "did not answer within");
    step_deadline_ = limit(call_.connect_timeout, "did not accept a connection within");
    dial_ = std::make_shared<Dial>(loop_, call_, [this](Result<std::shared_ptr<Socket>> dialled) {
      const auto self = this->shared_from_this();
      if (!dialled.ok()) return finish(dialled.error());
      socket_ = *std::move(dialled);
      step_deadline_.cancel();
      connected();
    });
    dial_->start();
  }

  void cancel() override {
    done_ = nullptr;
    release(true);
  }

 protected:
  virtual void connected() = 0;
  virtual void release_parts() {}

  // Tells the end. `keep_socket`: somebody else has it now.
  void finish(Result<Value> result, bool keep_socket = false) {
    const auto self = this->shared_from_this();
    const Done done = std::exchange(done_, nullptr);
    release(!keep_socket);
    if (done) done(std::move(result));
  }
  bool ended() const { return !done_; }

  Timer limit(Duration duration, std::string_view what) {
    return loop_.after(duration, [this, duration, what] {
      finish(Error::make(ErrorCode::DeadlineExceeded,
                         "{}:{} {} {} s",
                         call_.host,
                         call_.port,
                         what,
                         std::chrono::duration<double>(duration).count()));
    });
  }

  EventLoop& loop_;
  HttpCall call_;
  std::shared_ptr<Socket> socket_;
  Timer step_deadline_;

 private:
  void release(bool close_socket) {
    deadline_.cancel();
    step_deadline_.cancel();
    if (dial_) dial_->close();
    if (socket_ && close_socket) socket_->close();
    socket_.reset();
    release_parts();
  }

  Done done_;
  Timer deadline_;
  std::shared_ptr<Dial> dial_;
};

class HttpOperation final : public ClientOperation<HttpReply> {
 public:
  using ClientOperation::ClientOperation;

 private:
  void connected() override {
    out_ = request_text(call_);
    reader_.emplace(
        ResponseReader::Options{call_.method == "HEAD", call_.max_body_bytes, call_.on_body});
    advance();
  }

  std::shared_ptr<HttpOperation> self() {
    return std::static_pointer_cast<HttpOperation>(shared_from_this());
  }

  void wait(IoStatus want) {
    socket_->wait(want, [self = self()](const boost::system::error_code&) {
      if (!self->ended()) self->advance();
    });
  }

  // Sends what the server takes and reads what it says, also while we are still sending: it may
  // refuse early.
  void advance() {
    if (sent_ < out_.size() && !send()) return;
    receive();
  }

  bool send() {
    while (sent_ < out_.size()) {
      const Io io = socket_->write(std::string_view(out_).substr(sent_));
      if (io.status == IoStatus::WantRead || io.status == IoStatus::WantWrite) {
        wait(io.status);
        return false;
      }
      if (io.status != IoStatus::Done) break;  // an early answer may be waiting
      sent_ += io.bytes;
    }
    sent_ = out_.size();
    return true;
  }

  void receive() {
    char block[kReadSize];
    for (int reads = 0; reads < kReadsPerTurn; ++reads) {
      const Io io = socket_->read(block, sizeof block);
      switch (io.status) {
        case IoStatus::WantRead:
        case IoStatus::WantWrite:
          return wait(io.status);
        case IoStatus::Broken:
          return finish(socket_->failure());
        case IoStatus::Eof:
          return finish_reading(reader_->take_end());
        case IoStatus::Done:
          break;
      }
      const Status taken = reader_->take({block, io.bytes});
      if (ended()) return;  // on_body cancelled
      if (!taken.ok() || reader_->done()) return finish_reading(taken);
      if (reader_->streaming()) step_deadline_ = limit(call_.idle_timeout, "sent nothing more for");
    }
    loop_.post([self = self()] {
      if (!self->ended()) self->advance();
    });
  }

  void finish_reading(const Status& status) {
    if (!status.ok()) {
      return finish(Status(status)
                        .context("{} {}:{}{}", call_.method, call_.host, call_.port, call_.target)
                        .error());
    }
    finish(std::move(*reader_).reply());
  }

  void release_parts() override {}

  std::string out_;
  std::size_t sent_ = 0;
  std::optional<ResponseReader> reader_;
};

class WebSocketOperation final : public ClientOperation<WebSocketAnswer> {
 public:
  WebSocketOperation(EventLoop& loop, HttpCall call, const WebSocketOptions& options, Done done)
      : ClientOperation(loop, std::move(call), std::move(done)), options_(options) {}

 private:
  void connected() override {
    step_deadline_ = limit(call_.connect_timeout, "did not answer within");
    const auto self = std::static_pointer_cast<WebSocketOperation>(shared_from_this());
    request_websocket_session(
        loop_, socket_, call_, options_, [self](Result<WebSocketAnswer> answer) {
          if (self->ended()) return;
          const bool opened = answer.ok() && answer->socket;
          self->finish(std::move(answer), opened);
        });
  }

  const WebSocketOptions options_;
};

}  // namespace

PendingCall::PendingCall(std::shared_ptr<Operation> operation) : operation_(std::move(operation)) {}

PendingCall& PendingCall::operator=(PendingCall&& other) noexcept {
  if (this != &other) {
    cancel();
    operation_ = std::move(other.operation_);
  }
  return *this;
}

PendingCall::~PendingCall() {
  cancel();
}

void PendingCall::cancel() {
  if (const auto operation = std::exchange(operation_, nullptr)) operation->cancel();
}

PendingCall send_http(EventLoop& loop, HttpCall call, std::function<void(Result<HttpReply>)> done) {
  auto operation = std::make_shared<HttpOperation>(loop, std::move(call), std::move(done));
  operation->start();
  return PendingCall(std::move(operation));
}

PendingCall connect_websocket(EventLoop& loop,
                              HttpCall call,
                              const WebSocketOptions& options,
                              std::function<void(Result<WebSocketAnswer>)> done) {
  auto operation =
      std::make_shared<WebSocketOperation>(loop, std::move(call), options, std::move(done));
  operation->start();
  return PendingCall(std::move(operation));
}

Result<HttpReply> fetch(HttpCall call, const std::function<bool()>& cancelled) {
  EventLoop loop;
  std::optional<Result<HttpReply>> result;
  const PendingCall pending = send_http(loop, std::move(call), [&result](Result<HttpReply> reply) {
    result.emplace(std::move(reply));
  });
  while (
      !loop.run_until([&result] { return result.has_value(); }, std::chrono::milliseconds(250))) {
    if (cancelled && cancelled()) return Error(ErrorCode::Cancelled, "the request was cancelled");
  }
  return *std::move(result);
}

Result<HttpUrl> parse_url(std::string_view url) {
  const Error bad = Error::make(
      ErrorCode::InvalidArgument, "\"{}\" is not a URL such as http://127.0.0.1:8080", url);
  HttpUrl out;
  std::string_view rest = url;
  if (rest.starts_with("https://")) {
    out.https = true;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    return bad;
  }
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  std::string_view authority = rest.substr(0, end);
  out.target = rest.substr(end);
  if (!out.target.starts_with('/')) out.target.insert(0, "/");
  out.port = out.https ? 443 : 80;
  const std::size_t colon = authority.rfind(':');
  const std::size_t bracket = authority.rfind(']');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    const std::string_view port = authority.substr(colon + 1);
    const auto [stop, failure] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (failure != std::errc() || stop != port.data() + port.size() || out.port == 0) return bad;
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']'))
    authority = authority.substr(1, authority.size() - 2);
  if (authority.empty() || authority.find_first_of("@[] \t\r\n") != std::string_view::npos ||
      has_control_character(out.target))
    return bad;
  out.host = authority;
  return out;
}

}  // namespace tusker
