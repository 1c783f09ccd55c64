#include "net/tcp_client.h"

#include <array>
#include <utility>

#include "net/dial.h"
#include "net/event_loop.h"

namespace tusker {

namespace {

constexpr std::size_t kReadSize = 16 << 10;
constexpr int kReadsPerTurn = 8;  // then others get their turn

HttpCall place(std::string address, std::uint16_t port) {
  HttpCall call;
  call.host = std::move(address);
  call.port = port;
  return call;
}

}  // namespace

class TcpClient::Impl final : public std::enable_shared_from_this<Impl> {
 public:
  Impl(EventLoop& loop, TcpHandlers handlers) : loop_(loop), handlers_(std::move(handlers)) {}

  void start(std::string address, std::uint16_t port, Duration connect_timeout) {
    const std::string where = fmt::format("{}:{}", address, port);
    dial_ =
        std::make_shared<Dial>(loop_,
                               place(std::move(address), port),
                               [weak = weak_from_this()](Result<std::shared_ptr<Socket>> socket) {
                                 if (const auto self = weak.lock())
                                   self->dialled(std::move(socket));
                               });
    dial_->start();
    limit_ = loop_.after(connect_timeout, [this, where, connect_timeout] {
      end(Error::make(ErrorCode::DeadlineExceeded,
                      "{} did not accept a connection within {} s",
                      where,
                      std::chrono::duration<double>(connect_timeout).count()));
    });
  }

  void send(std::string bytes) {
    if (unsent_.empty()) {
      unsent_ = std::move(bytes);
    } else {
      unsent_ += bytes;
    }
    if (socket_ && !writing_) write();
  }

  void end_sending() {
    ends_sending_ = true;
    if (socket_ && !writing_) write();
  }

  void pause() { paused_ = true; }
  void resume() {
    if (std::exchange(paused_, false) && socket_ && !reading_) read();
  }

  // No handler is called after this. They go with us only, since one of them may be what calls.
  void shut() {
    ended_ = true;
    release();
  }

 private:
  void dialled(Result<std::shared_ptr<Socket>> socket) {
    limit_.cancel();
    dial_.reset();
    if (!socket.ok()) return end(socket.error());
    socket_ = *std::move(socket);
    const auto self = shared_from_this();
    write();
    if (socket_) read();
  }

  void write() {
    const auto self = shared_from_this();
    while (socket_ && !unsent_.empty()) {
      const Io io = socket_->write(unsent_);
      if (io.status == IoStatus::WantWrite || io.status == IoStatus::WantRead) {
        writing_ = true;
        return wait(io.status, [](Impl& impl) {
          impl.writing_ = false;
          impl.write();
        });
      }
      if (io.status != IoStatus::Done) return end(socket_->failure());
      unsent_.erase(0, io.bytes);
      handlers_.on_sent(io.bytes);
    }
    if (socket_ && ends_sending_ && unsent_.empty()) socket_->shutdown_send();
  }

  void read() {
    const auto self = shared_from_this();
    std::array<char, kReadSize> piece;
    for (int reads = 0; socket_ && !paused_; ++reads) {
      if (reads == kReadsPerTurn) {
        reading_ = true;
        return loop_.post([weak = weak_from_this()] {
          if (const auto impl = weak.lock()) impl->read_again();
        });
      }
      const Io io = socket_->read(piece.data(), piece.size());
      switch (io.status) {
        case IoStatus::Done:
          handlers_.on_bytes({piece.data(), io.bytes});
          continue;
        case IoStatus::WantRead:
        case IoStatus::WantWrite:
          reading_ = true;
          return wait(io.status, [](Impl& impl) { impl.read_again(); });
        case IoStatus::Eof:
          return end(ok_status());
        case IoStatus::Broken:
          return end(socket_->failure());
      }
    }
  }

  void read_again() {
    reading_ = false;
    read();
  }

  template <typename Then>
  void wait(IoStatus want, Then then) {
    socket_->wait(want, [weak = weak_from_this(), then](const auto& failure) {
      const auto impl = weak.lock();
      if (impl && impl->socket_ && !failure) then(*impl);
    });
  }

  void end(const Status& status) {
    const auto self = shared_from_this();
    if (std::exchange(ended_, true)) return;
    release();
    handlers_.on_end(status);
  }

  void release() {
    limit_.cancel();
    if (dial_) dial_->close();
    dial_.reset();
    if (socket_) socket_->close();
    socket_.reset();
  }

  EventLoop& loop_;
  const TcpHandlers handlers_;
  std::shared_ptr<Dial> dial_;
  std::shared_ptr<Socket> socket_;  // null: not connected yet, or not any more
  Timer limit_;
  std::string unsent_;
  bool ended_ = false;
  bool ends_sending_ = false;
  bool writing_ = false;  // waiting for the kernel to take more
  bool reading_ = false;  // waiting for something to come
  bool paused_ = false;
};

TcpClient::TcpClient(EventLoop& loop,
                     std::string address,
                     std::uint16_t port,
                     Duration connect_timeout,
                     TcpHandlers handlers)
    : impl_(std::make_shared<Impl>(loop, std::move(handlers))) {
  impl_->start(std::move(address), port, connect_timeout);
}

TcpClient::~TcpClient() {
  impl_->shut();
}

void TcpClient::send(std::string bytes) {
  impl_->send(std::move(bytes));
}
void TcpClient::end_sending() {
  impl_->end_sending();
}
void TcpClient::pause() {
  impl_->pause();
}
void TcpClient::resume() {
  impl_->resume();
}

}  // namespace tusker
