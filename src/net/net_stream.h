#pragma once

// For src/net only: a Socket as the stream that Beast's WebSocket wants below it.

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>
#include <memory>
#include <optional>
#include <string>

#include "net/socket.h"

namespace tusker {

// AsyncReadStream and AsyncWriteStream over attempts and waits.
class NetStream {
 public:
  using executor_type = boost::asio::any_io_executor;

  explicit NetStream(std::shared_ptr<Socket> socket) : socket_(std::move(socket)) {}

  executor_type get_executor() { return socket_->tcp().get_executor(); }
  Socket& socket() { return *socket_; }

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
        ReadSome{socket_, first<boost::asio::mutable_buffer>(buffers)}, token, get_executor());
  }

  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
        WriteSome{socket_, gather(buffers)}, token, get_executor());
  }

  friend void beast_close_socket(NetStream& stream) { stream.socket_->close(); }

  // At the end of a WebSocket: the closing handshake is done, so nothing is worth waiting for.
  template <typename Handler>
  friend void async_teardown(boost::beast::role_type, NetStream& stream, Handler&& handler) {
    stream.socket_->shutdown_send();
    boost::asio::post(stream.get_executor(), [handler = std::forward<Handler>(handler)]() mutable {
      std::move(handler)(boost::system::error_code());
    });
  }

 private:
  using error_code = boost::system::error_code;

  // The first buffer that is not empty.
  template <typename Buffer, typename Buffers>
  static Buffer first(const Buffers& buffers) {
    for (auto it = boost::asio::buffer_sequence_begin(buffers);
         it != boost::asio::buffer_sequence_end(buffers);
         ++it) {
      if (const Buffer buffer(*it); buffer.size() > 0) return buffer;
    }
    return {};
  }

  // A frame's header and the beginning of its payload in one piece, so that they travel in one
  // packet; a long payload as it is.
  struct Outgoing {
    std::shared_ptr<std::string> copy;  // null: not copied
    boost::asio::const_buffer buffer;
  };
  static constexpr std::size_t kCopied = 16 << 10;

  template <typename Buffers>
  static Outgoing gather(const Buffers& buffers) {
    const auto begin = boost::asio::buffer_sequence_begin(buffers);
    const auto end = boost::asio::buffer_sequence_end(buffers);
    if (begin == end || std::next(begin) == end ||
        first<boost::asio::const_buffer>(buffers).size() >= kCopied) {
      return {nullptr, first<boost::asio::const_buffer>(buffers)};
    }
    auto copy = std::make_shared<std::string>();
    for (auto it = begin; it != end && copy->size() < kCopied; ++it) {
      const boost::asio::const_buffer piece(*it);
      copy->append(static_cast<const char*>(piece.data()),
                   std::min(piece.size(), kCopied - copy->size()));
    }
    const boost::asio::const_buffer whole(copy->data(), copy->size());
    return {std::move(copy), whole};
  }

  // What an attempt came to, for an operation that never completes within its own start.
  template <typename Self>
  static void conclude(Self& self, const Io& io) {
    switch (io.status) {
      case IoStatus::Done:
        return self.complete({}, io.bytes);
      case IoStatus::Eof:
        return self.complete(boost::asio::error::eof, 0);
      default:
        return self.complete(boost::asio::error::connection_reset, 0);
    }
  }

  struct ReadSome {
    std::shared_ptr<Socket> socket;
    boost::asio::mutable_buffer buffer;
    bool started = false;

    template <typename Self>
    void operator()(Self& self, error_code failure = {}) {
      if (failure) return self.complete(failure, 0);
      // `self` owns this object and is moved away by waiting.
      const std::shared_ptr<Socket> keep = socket;
      if (!started) {
        started = true;
        if (buffer.size() == 0 || keep->has_buffered_input()) {
          return boost::asio::post(keep->tcp().get_executor(), std::move(self));
        }
        return keep->wait(IoStatus::WantRead, std::move(self));
      }
      const Io io =
          buffer.size() == 0 ? Io{} : keep->read(static_cast<char*>(buffer.data()), buffer.size());
      if (io.status == IoStatus::WantRead || io.status == IoStatus::WantWrite) {
        return keep->wait(io.status, std::move(self));
      }
      conclude(self, io);
    }
  };

  struct WriteSome {
    std::shared_ptr<Socket> socket;
    Outgoing outgoing;
    bool started = false;
    std::optional<Io> result = std::nullopt;

    template <typename Self>
    void operator()(Self& self, error_code failure = {}) {
      if (failure) return self.complete(failure, 0);
      if (result) return conclude(self, *result);
      const std::shared_ptr<Socket> keep = socket;
      const Io io =
          keep->write({static_cast<const char*>(outgoing.buffer.data()), outgoing.buffer.size()});
      if (io.status == IoStatus::WantRead || io.status == IoStatus::WantWrite) {
        started = true;
        return keep->wait(io.status, std::move(self));
      }
      if (started) return conclude(self, io);
      result = io;
      boost::asio::post(keep->tcp().get_executor(), std::move(self));
    }
  };

  std::shared_ptr<Socket> socket_;
};

}  // namespace tusker
