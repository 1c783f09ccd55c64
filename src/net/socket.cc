#include "net/socket.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/tls_impl.h"

namespace tusker {

namespace {

std::string text_of(const boost::asio::ip::tcp::endpoint& endpoint) {
  return fmt::format(fmt::runtime(endpoint.address().is_v6() ? "[{}]:{}" : "{}:{}"),
                     endpoint.address().to_string(),
                     endpoint.port());
}

}  // namespace

Socket::Socket(boost::asio::ip::tcp::socket tcp) : tcp_(std::move(tcp)) {
  boost::system::error_code ignored;  // a connection that is gone already says so when it is read
  tcp_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  peer_ = text_of(tcp_.remote_endpoint(ignored));
}

Socket::~Socket() = default;

Status Socket::use_tls(std::shared_ptr<const TlsContext> context,
                       const std::string& host,
                       const std::string& session_key) {
  context_ = std::move(context);
  TK_TRY(ssl_, make_ssl(*context_, tcp_.native_handle(), host, session_key));
  return ok_status();
}

Io Socket::handshake() {
  if (!ssl_) return {};
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result != 1) {
    const Io io = of_ssl(result, "TLS handshake");
    if (io.status != IoStatus::Eof) return io;
    failure_ = Error::make(
        ErrorCode::Unavailable, "{} closed the connection during the TLS handshake", peer_);
    return {IoStatus::Broken};
  }
  note_certificate();
  return {};
}

void Socket::note_certificate() {
  const OpensslX509 certificate(SSL_get1_peer_certificate(ssl_.get()));
  if (certificate)
    certificate_ = std::make_shared<const PeerCertificate>(describe_x509(certificate.get()));
}

Io Socket::broken(int number, const char* what) {
  failure_ = Error::from_errno(number, std::string(what) + " " + peer_);
  return {IoStatus::Broken};
}

Io Socket::of_ssl(int result, const char* what) {
  const int number = errno;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {IoStatus::WantRead};
    case SSL_ERROR_WANT_WRITE:
      return {IoStatus::WantWrite};
    case SSL_ERROR_ZERO_RETURN:
      return {IoStatus::Eof};
    case SSL_ERROR_SYSCALL:
      usable_ = false;
      if (number == 0) return {IoStatus::Eof};
      return broken(number, what);
    default:
      break;
  }
  usable_ = false;
  const long verified = SSL_get_verify_result(ssl_.get());
  if (verified != X509_V_OK) {
    ERR_clear_error();
    failure_ = Error::make(ErrorCode::PermissionDenied,
                           "the certificate of {} is not trusted: {}",
                           peer_,
                           X509_verify_cert_error_string(verified));
    return {IoStatus::Broken};
  }
  const bool cut_off = ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  failure_ = openssl_error(ErrorCode::Unavailable, std::string(what) + " " + peer_);
  // Truncation is for the reader to notice: HTTP and WebSocket messages know their length.
  return {cut_off ? IoStatus::Eof : IoStatus::Broken};
}

Io Socket::read(char* data, std::size_t size) {
  if (ssl_) {
    ERR_clear_error();
    errno = 0;
    std::size_t n = 0;
    const int result = SSL_read_ex(ssl_.get(), data, size, &n);
    if (result == 1) return {IoStatus::Done, n};
    return of_ssl(result, "receive from");
  }
  ssize_t n = 0;
  do {
    n = ::recv(tcp_.native_handle(), data, size, MSG_DONTWAIT);
  } while (n < 0 && errno == EINTR);
  if (n > 0) return {IoStatus::Done, static_cast<std::size_t>(n)};
  if (n == 0) return {IoStatus::Eof};
  if (errno == EAGAIN) return {IoStatus::WantRead};
  return broken(errno, "receive from");
}

Io Socket::write(std::string_view first, std::string_view second) {
  if (first.empty() && second.empty()) return {};
  if (ssl_) {
    const std::string_view data = first.empty() ? second : first;
    ERR_clear_error();
    errno = 0;
    std::size_t n = 0;
    const int result = SSL_write_ex(ssl_.get(), data.data(), data.size(), &n);
    if (result == 1) return {IoStatus::Done, n};
    return of_ssl(result, "send to");
  }
  iovec parts[] = {{const_cast<char*>(first.data()), first.size()},
                   {const_cast<char*>(second.data()), second.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = std::size(parts);
  ssize_t n = 0;
  do {
    n = ::sendmsg(tcp_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  if (n >= 0) return {IoStatus::Done, static_cast<std::size_t>(n)};
  if (errno == EAGAIN) return {IoStatus::WantWrite};
  return broken(errno, "send to");
}

void Socket::shutdown_send() {
  if (ssl_ && usable_ && SSL_is_init_finished(ssl_.get())) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  boost::system::error_code ignored;
  tcp_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
}

void Socket::close() {
  boost::system::error_code ignored;
  tcp_.close(ignored);
}

bool Socket::has_buffered_input() const {
  return ssl_ && SSL_has_pending(ssl_.get()) != 0;
}

}  // namespace tusker
