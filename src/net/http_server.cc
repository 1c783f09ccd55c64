#include "net/http_server.h"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/event_loop_impl.h"
#include "net/http_connection.h"
#include "net/response_head.h"
#include "net/worker_pool.h"

namespace tusker {

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kScratch = 64 << 10;
constexpr Duration kAcceptPause = std::chrono::milliseconds(100);

// How often deadlines are looked at: often enough that none is late by more than a quarter.
Duration tick_interval(const HttpServerOptions& options) {
  const Duration shortest = std::min({options.handshake_timeout,
                                      options.head_timeout,
                                      options.body_timeout,
                                      options.idle_timeout,
                                      options.write_timeout});
  return std::clamp<Duration>(shortest / 4, std::chrono::milliseconds(5), std::chrono::seconds(1));
}

Status open_listener(tcp::acceptor& acceptor, const HttpServerOptions& options) {
  error_code failure;
  const auto address = boost::asio::ip::make_address(options.address, failure);
  if (failure) {
    return Error::make(
        ErrorCode::InvalidArgument, "\"{}\" is not an address to listen on", options.address);
  }
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), failure);
  if (!failure) acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
  if (!failure) acceptor.bind(endpoint, failure);
  if (!failure) acceptor.listen(tcp::acceptor::max_listen_connections, failure);
  if (!failure) acceptor.non_blocking(true, failure);
  if (failure)
    return Error::from_errno(failure.value(),
                             fmt::format("listen on {}:{}", options.address, options.port));
  return ok_status();
}

}  // namespace

std::size_t HttpHandler::body_limit(const HttpRequest&) {
  return 1 << 20;
}

HttpResponse HttpHandler::refuse(const HttpRequest*, const HttpRefusal& refusal) {
  return HttpResponse(refusal.status, "text/plain", refusal.message + "\n");
}

class HttpServer::Impl final : public HttpConnectionOwner,
                               public std::enable_shared_from_this<Impl> {
 public:
  Impl(EventLoop& loop, const HttpServerOptions& options, HttpHandler& handler, const Log& log)
      : loop_(loop),
        options_(options),
        handler_(handler),
        log_(log),
        acceptor_(loop.impl().context),
        scratch_(kScratch),
        tick_interval_(tick_interval(options)) {}

  Status open() {
    TK_TRY_VOID(open_listener(acceptor_, options_));
    port_ = acceptor_.local_endpoint().port();
    accept();
    return ok_status();
  }

  void stop(Duration limit, std::function<void()> done) {
    stopping_ = true;
    close_acceptor();
    stopped_ = std::move(done);
    for (const auto& connection : all()) {
      if (connection->idle()) connection->abort(), connections_.erase(connection.get());
    }
    limit_timer_ = loop_.after(limit, [this] { abort_all(), notify_if_stopped(); });
    notify_if_stopped();
  }

  // Nothing calls us or our handler any more.
  void shut() {
    close_acceptor();
    tick_timer_.cancel();
    limit_timer_.cancel();
    stopped_ = nullptr;
    abort_all();
    file_pool_.reset();
  }

  std::uint16_t port() const { return port_; }
  std::size_t connections() const { return connections_.size(); }

  const HttpServerOptions& options() const override { return options_; }
  HttpHandler& handler() override { return handler_; }
  const Log& log() const override { return log_; }
  EventLoop& loop() override { return loop_; }
  std::span<char> scratch() override { return scratch_; }
  bool stopping() const override { return stopping_; }

  std::string_view date() override {
    const WallTime now = loop_.wall();
    if (now.ms / 1000 != date_second_) {
      date_second_ = now.ms / 1000;
      date_ = http_date(now);
    }
    return date_;
  }

  WorkerPool& file_pool() override {
    if (!file_pool_) file_pool_ = std::make_unique<WorkerPool>(loop_, "http-file", 2);
    return *file_pool_;
  }

  void forget(HttpConnection& connection) override {
    connections_.erase(&connection);
    if (waiting_for_room_) accept();
    notify_if_stopped();
  }

 private:
  std::vector<std::shared_ptr<HttpConnection>> all() const {
    std::vector<std::shared_ptr<HttpConnection>> out;
    out.reserve(connections_.size());
    for (const auto& [address, connection] : connections_) out.push_back(connection);
    return out;
  }

  void abort_all() {
    for (const auto& connection : all()) connection->abort();
    connections_.clear();
  }

  void close_acceptor() {
    error_code ignored;
    acceptor_.close(ignored);
    retry_timer_.cancel();
    waiting_for_room_ = false;
  }

  // The connection that has been idle for longest makes room, so that idle clients cannot keep
  // others out.
  bool make_room() {
    std::shared_ptr<HttpConnection> oldest;
    for (const auto& [address, connection] : connections_) {
      if (connection->idle() && (!oldest || connection->deadline() < oldest->deadline()))
        oldest = connection;
    }
    if (!oldest) return false;
    oldest->abort();
    connections_.erase(oldest.get());
    return true;
  }

  void accept() {
    waiting_for_room_ = false;
    acceptor_.async_accept(
        [weak = weak_from_this()](const error_code& failure, tcp::socket socket) {
          if (const auto self = weak.lock()) self->accepted(failure, std::move(socket));
        });
  }

  void accepted(const error_code& failure, tcp::socket socket) {
    if (!acceptor_.is_open()) return;
    if (failure == boost::asio::error::connection_aborted) return accept();
    if (failure) {
      // Out of descriptors or memory: the client waits in the kernel's queue meanwhile.
      log_.warn("http.accept.failed", {{"port", port_}, {"reason", failure.message()}});
      retry_timer_ = loop_.after(kAcceptPause, [this] { accept(); });
      return;
    }
    auto connection = std::make_shared<HttpConnection>(*this, std::move(socket));
    connections_.emplace(connection.get(), connection);
    if (!tick_timer_.pending()) schedule_tick();
    connection->start();
    if (!acceptor_.is_open()) return;
    if (connections_.size() < options_.max_connections || make_room()) return accept();
    waiting_for_room_ = true;
  }

  void schedule_tick() {
    // Held, because a handler that is told of a refusal may destroy the server.
    tick_timer_ = loop_.after(tick_interval_, [weak = weak_from_this()] {
      const auto self = weak.lock();
      const Time now = self->loop_.now();
      for (const auto& connection : self->all()) connection->tick(now);
      if (!self->connections_.empty()) self->schedule_tick();
    });
  }

  void notify_if_stopped() {
    if (!stopping_ || !connections_.empty() || !stopped_) return;
    limit_timer_.cancel();
    loop_.post([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self || !self->stopped_) return;
      std::exchange(self->stopped_, nullptr)();
    });
  }

  EventLoop& loop_;
  const HttpServerOptions options_;
  HttpHandler& handler_;
  const Log log_;
  tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::vector<char> scratch_;
  Duration tick_interval_;
  std::unordered_map<HttpConnection*, std::shared_ptr<HttpConnection>> connections_;
  bool waiting_for_room_ = false;
  bool stopping_ = false;
  std::function<void()> stopped_;
  std::int64_t date_second_ = -1;
  std::string date_;
  std::unique_ptr<WorkerPool> file_pool_;
  Timer tick_timer_;
  Timer limit_timer_;
  Timer retry_timer_;
};

HttpServer::HttpServer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() {
  impl_->shut();
}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(EventLoop& loop,
                                                       const HttpServerOptions& options,
                                                       HttpHandler& handler,
                                                       const Log& log) {
  auto impl = std::make_shared<Impl>(loop, options, handler, log);
  TK_TRY_VOID(impl->open());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

std::uint16_t HttpServer::port() const {
  return impl_->port();
}
std::size_t HttpServer::connections() const {
  return impl_->connections();
}
void HttpServer::stop(Duration limit, std::function<void()> done) {
  impl_->stop(limit, std::move(done));
}

}  // namespace tusker
