#include "net/dial.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <utility>
#include <vector>

#include "net/event_loop_impl.h"

namespace tusker {

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

}  // namespace

struct Dial::Parts {
  explicit Parts(boost::asio::io_context& io_context)
      : context(io_context), resolver(io_context), connecting(io_context) {}
  boost::asio::io_context& context;
  tcp::resolver resolver;
  std::vector<tcp::endpoint> left;  // to be tried, the next one last
  tcp::socket connecting;
  std::shared_ptr<Socket> socket;
  std::string why;  // the last address did not work
};

Dial::Dial(EventLoop& loop, const HttpCall& call, Done done)
    : host_(call.host),
      port_(call.port),
      tls_(call.tls),
      done_(std::move(done)),
      parts_(std::make_unique<Parts>(loop.impl().context)) {}

Dial::~Dial() = default;

void Dial::start() {
  error_code not_an_address;
  const auto address = boost::asio::ip::make_address(host_, not_an_address);
  if (!not_an_address) {
    parts_->left.emplace_back(address, port_);
    boost::asio::post(parts_->context, [self = shared_from_this()] { self->connect(); });
    return;
  }
  parts_->resolver.async_resolve(
      host_,
      std::to_string(port_),
      tcp::resolver::numeric_service,
      [self = shared_from_this()](const error_code& failure,
                                  const tcp::resolver::results_type& found) {
        if (failure) {
          return self->finish(Error::make(ErrorCode::Unavailable,
                                          "no address for the name {}: {}",
                                          self->host_,
                                          failure.message()));
        }
        for (const auto& entry : found)
          self->parts_->left.insert(self->parts_->left.begin(), entry.endpoint());
        self->connect();
      });
}

void Dial::connect() {
  if (!done_) return;
  if (parts_->left.empty()) {
    return finish(
        Error::make(ErrorCode::Unavailable, "connect to {}:{}: {}", host_, port_, parts_->why));
  }
  const tcp::endpoint next = parts_->left.back();
  parts_->left.pop_back();
  parts_->connecting = tcp::socket(parts_->context);
  parts_->connecting.async_connect(next, [self = shared_from_this()](const error_code& failure) {
    if (!failure) return self->connected();
    self->parts_->why = failure.message();
    self->connect();
  });
}

void Dial::connected() {
  if (!done_) return;
  parts_->socket = std::make_shared<Socket>(std::move(parts_->connecting));
  if (!tls_) return finish(std::exchange(parts_->socket, nullptr));
  const Status status = parts_->socket->use_tls(tls_, host_, fmt::format("{}:{}", host_, port_));
  if (!status.ok()) return finish(status.error());
  handshake();
}

void Dial::handshake() {
  if (!done_) return;
  const Io io = parts_->socket->handshake();
  switch (io.status) {
    case IoStatus::WantRead:
    case IoStatus::WantWrite:
      return parts_->socket->wait(
          io.status, [self = shared_from_this()](const error_code&) { self->handshake(); });
    case IoStatus::Done:
      return finish(std::exchange(parts_->socket, nullptr));
    default:
      return finish(parts_->socket->failure());
  }
}

void Dial::finish(Result<std::shared_ptr<Socket>> result) {
  if (const Done done = std::exchange(done_, nullptr)) done(std::move(result));
}

void Dial::close() {
  done_ = nullptr;
  parts_->resolver.cancel();
  error_code ignored;
  parts_->connecting.close(ignored);
  if (parts_->socket) parts_->socket->close();
}

}  // namespace tusker
