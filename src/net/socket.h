#pragma once

// For src/net only: a connected TCP socket, with or without TLS, that never blocks.

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "net/certificate.h"
#include "net/openssl.h"

namespace tusker {

class TlsContext;

enum class IoStatus {
  Done,
  WantRead,  // nothing done: try again when wait(WantRead) says so
  WantWrite,
  Eof,     // the other side sends no more
  Broken,  // Socket::failure() says why
};
struct Io {
  IoStatus status = IoStatus::Done;
  std::size_t bytes = 0;
};

// Reads and writes are attempts: they do what is possible now. Whoever wants to go on waits. Loop's
// thread.
class Socket {
 public:
  explicit Socket(boost::asio::ip::tcp::socket tcp);
  ~Socket();

  // Puts TLS on top, before anything is read or written; then handshake() is called until it says
  // Done.
  Status use_tls(std::shared_ptr<const TlsContext> context,
                 const std::string& host,
                 const std::string& session_key);
  bool tls() const { return ssl_ != nullptr; }
  Io handshake();

  Io read(char* data, std::size_t size);
  Io write(std::string_view data) { return write(data, {}); }
  // One behind the other; how much was taken of both together.
  Io write(std::string_view first, std::string_view second);
  // Says that we send no more, and goes on reading.
  void shutdown_send();
  void close();

  // Whether a read may succeed without the kernel having anything: wait() would wait for nothing
  // then.
  bool has_buffered_input() const;
  // Calls handler(error_code) when the attempt that said `want` should be repeated.
  template <typename Handler>
  void wait(IoStatus want, Handler&& handler) {
    tcp_.async_wait(want == IoStatus::WantWrite ? boost::asio::ip::tcp::socket::wait_write
                                                : boost::asio::ip::tcp::socket::wait_read,
                    std::forward<Handler>(handler));
  }
  // Calls handler(error_code, bytes) with what comes next, without TLS only. Unlike wait() it costs
  // no call of the kernel when the last receive() got less than it had room for.
  template <typename Handler>
  void receive(std::span<char> place, Handler&& handler) {
    tcp_.async_receive(boost::asio::buffer(place.data(), place.size()),
                       std::forward<Handler>(handler));
  }
  boost::asio::ip::tcp::socket& tcp() { return tcp_; }

  const std::string& peer() const { return peer_; }
  const std::shared_ptr<const PeerCertificate>& certificate() const { return certificate_; }
  // Of the last Broken.
  const Error& failure() const { return failure_; }

 private:
  Io broken(int number, const char* what);
  Io of_ssl(int result, const char* what);
  void note_certificate();

  boost::asio::ip::tcp::socket tcp_;
  std::shared_ptr<const TlsContext> context_;  // outlives ssl_
  OpensslSsl ssl_;
  std::string peer_;
  std::shared_ptr<const PeerCertificate> certificate_;
  Error failure_{ErrorCode::Unavailable, ""};
  bool usable_ = true;  // no fatal TLS error yet: a goodbye may be said
};

}  // namespace tusker
