#include "net/tls.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstring>

#include "base/check.h"
#include "base/encoding.h"
#include "net/tls_impl.h"

namespace tusker {

namespace {

constexpr std::size_t kMaxSessions = 256;

// Where objects of OpenSSL find ours: the key that resumes a connection's session.
int session_key_index() {
  static const int index = SSL_get_ex_new_index(
      0, nullptr, nullptr, nullptr, [](void*, void* key, CRYPTO_EX_DATA*, int, long, void*) {
        delete static_cast<std::string*>(key);
      });
  return index;
}

TlsContext::Impl* impl_of(const SSL_CTX* context) {
  return static_cast<TlsContext::Impl*>(SSL_CTX_get_app_data(context));
}

int remember_session(SSL* ssl, SSL_SESSION* session) {
  const auto* key = static_cast<const std::string*>(SSL_get_ex_data(ssl, session_key_index()));
  TlsContext::Impl* impl = impl_of(SSL_get_SSL_CTX(ssl));
  if (key == nullptr || impl == nullptr) return 0;
  const std::lock_guard lock(impl->mutex);
  if (impl->sessions.size() >= kMaxSessions) impl->sessions.clear();
  impl->sessions[*key] = OpensslSession(session);
  return 1;  // the session is ours now
}

// Accepts a chain that holds the pinned certificate: the server's own, or an authority that signed
// the server's.
int verify_pinned(X509_STORE_CTX* store, void* argument) {
  const auto* impl = static_cast<const TlsContext::Impl*>(argument);
  X509* leaf = X509_STORE_CTX_get0_cert(store);
  if (describe_x509(leaf).fingerprint == impl->pinned_fingerprint) return 1;
  STACK_OF(X509)* presented = X509_STORE_CTX_get0_untrusted(store);
  for (int i = 0; i < sk_X509_num(presented); ++i) {
    X509* candidate = sk_X509_value(presented, i);
    if (describe_x509(candidate).fingerprint != impl->pinned_fingerprint) continue;
    STACK_OF(X509)* trusted = sk_X509_new_null();
    sk_X509_push(trusted, candidate);
    X509_STORE_CTX_set0_trusted_stack(store, trusted);
    const int verified = X509_verify_cert(store);
    sk_X509_free(trusted);
    return verified;
  }
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
  return 0;
}

// Clients that offer HTTP/2 as well are told that it is HTTP/1.1.
int choose_protocol(SSL*,
                    const unsigned char** out,
                    unsigned char* size,
                    const unsigned char* in,
                    unsigned int in_size,
                    void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, size, kHttp11, sizeof kHttp11 - 1, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Result<std::unique_ptr<TlsContext::Impl>> make_context(bool server) {
  auto impl = std::make_unique<TlsContext::Impl>();
  impl->server = server;
  impl->context.reset(SSL_CTX_new(server ? TLS_server_method() : TLS_client_method()));
  SSL_CTX* context = impl->context.get();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) {
    return openssl_error(ErrorCode::Internal, "make a TLS context");
  }
  SSL_CTX_set_app_data(context, impl.get());
  SSL_CTX_set_options(
      context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
  return impl;
}

Status use_identity(SSL_CTX* context, const TlsIdentity& identity) {
  TK_TRY(std::vector<OpensslX509> chain, read_x509_chain(identity.certificate_pem));
  TK_TRY(const OpensslKey key, read_private_key(identity.key_pem));
  if (SSL_CTX_use_certificate(context, chain.front().get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return openssl_error(ErrorCode::InvalidArgument,
                         "the private key does not belong to the certificate");
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1) {
      return openssl_error(ErrorCode::InvalidArgument, "certificate chain");
    }
  }
  return ok_status();
}

Status trust(SSL_CTX* context, const std::string& ca_pem) {
  TK_TRY(const std::vector<OpensslX509> authorities, read_x509_chain(ca_pem));
  for (const OpensslX509& authority : authorities) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1) {
      return openssl_error(ErrorCode::InvalidArgument, "certificate of an authority");
    }
  }
  return ok_status();
}

}  // namespace

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::~TlsContext() = default;

Result<std::shared_ptr<const TlsContext>> TlsContext::server(const TlsServerOptions& options) {
  TK_TRY(std::unique_ptr<Impl> impl, make_context(true));
  SSL_CTX* context = impl->context.get();
  TK_TRY_VOID(use_identity(context, options.identity));
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  // Sessions are resumed by tickets, which cost the server no memory.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  if (options.clients != ClientCertificates::None) {
    TK_TRY_VOID(trust(context, options.client_ca_pem).context("authority of client certificates"));
    static constexpr unsigned char kContext[] = "tusker";
    SSL_CTX_set_session_id_context(context, kContext, sizeof kContext - 1);
    const bool required = options.clients == ClientCertificates::Required;
    SSL_CTX_set_verify(
        context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
  }
  return std::shared_ptr<const TlsContext>(std::make_shared<TlsContext>(std::move(impl)));
}

Result<std::shared_ptr<const TlsContext>> TlsContext::client(const TlsClientOptions& options) {
  TK_TRY(std::unique_ptr<Impl> impl, make_context(false));
  SSL_CTX* context = impl->context.get();
  if (options.identity) TK_TRY_VOID(use_identity(context, *options.identity));
  if (!options.ca_pem.empty() && !options.pinned_fingerprint.empty()) {
    return Error(ErrorCode::InvalidArgument,
                 "both an authority and a pinned fingerprint to trust; give one");
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  if (!options.ca_pem.empty()) {
    TK_TRY_VOID(trust(context, options.ca_pem));
  } else if (!options.pinned_fingerprint.empty()) {
    if (!is_digest("sha256:" + options.pinned_fingerprint)) {
      return Error::make(ErrorCode::InvalidArgument,
                         "\"{}\" is not a fingerprint; 64 lower-case hex digits are wanted",
                         options.pinned_fingerprint);
    }
    impl->pinned_fingerprint = options.pinned_fingerprint;
    SSL_CTX_set_cert_verify_callback(context, verify_pinned, impl.get());
  } else if (SSL_CTX_set_default_verify_paths(context) != 1) {
    return openssl_error(ErrorCode::Internal, "read the system's certificate authorities");
  }
  impl->server_name = options.server_name;
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, remember_session);
  return std::shared_ptr<const TlsContext>(std::make_shared<TlsContext>(std::move(impl)));
}

namespace {

Status expect_server(SSL* ssl,
                     const TlsContext::Impl& impl,
                     const std::string& host,
                     const std::string& session_key) {
  const std::string& name = impl.server_name.empty() ? host : impl.server_name;
  X509_VERIFY_PARAM* parameters = SSL_get0_param(ssl);
  in6_addr ignored{};
  const bool address = inet_pton(AF_INET, name.c_str(), &ignored) == 1 ||
                       inet_pton(AF_INET6, name.c_str(), &ignored) == 1;
  bool ok = false;
  if (address) {
    ok = X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str()) == 1;
  } else {
    ok = X509_VERIFY_PARAM_set1_host(parameters, name.c_str(), name.size()) == 1 &&
         SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
  }
  if (!ok) return openssl_error(ErrorCode::InvalidArgument, "server name " + name);
  SSL_set_ex_data(
      ssl, session_key_index(), new std::string(session_key));  // deleted with the connection
  return ok_status();
}

void resume_session(SSL* ssl, TlsContext::Impl& impl, const std::string& session_key) {
  const std::lock_guard lock(impl.mutex);
  const auto found = impl.sessions.find(session_key);
  if (found == impl.sessions.end()) return;
  SSL_set_session(ssl, found->second.get());
  impl.sessions.erase(
      found);  // a TLS 1.3 ticket is for one use; the next handshake brings a new one
}

// OpenSSL's own socket BIO writes with write(2), which raises SIGPIPE on a closed connection.
BIO_METHOD* socket_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "tusker socket");
    BIO_meth_set_create(made, [](BIO* bio) {
      BIO_set_init(bio, 1);
      return 1;
    });
    BIO_meth_set_read(made, [](BIO* bio, char* data, int size) {
      const int fd = static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
      const ssize_t n = ::recv(fd, data, static_cast<std::size_t>(size), MSG_DONTWAIT);
      BIO_clear_retry_flags(bio);
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
      return static_cast<int>(n);
    });
    BIO_meth_set_write(made, [](BIO* bio, const char* data, int size) {
      const int fd = static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
      const ssize_t n =
          ::send(fd, data, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
      BIO_clear_retry_flags(bio);
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
      return static_cast<int>(n);
    });
    BIO_meth_set_ctrl(made, [](BIO*, int command, long, void*) -> long {
      return command == BIO_CTRL_FLUSH ? 1 : 0;
    });
    return made;
  }();
  return method;
}

}  // namespace

Result<OpensslSsl> make_ssl(const TlsContext& context,
                            int fd,
                            const std::string& host,
                            const std::string& session_key) {
  TlsContext::Impl& impl = context.impl();
  OpensslSsl ssl(SSL_new(impl.context.get()));
  BIO* bio = BIO_new(socket_method());
  TK_CHECK(ssl && bio != nullptr, "no memory for a TLS connection");
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
  SSL_set_bio(ssl.get(), bio, bio);
  if (impl.server) {
    SSL_set_accept_state(ssl.get());
    return ssl;
  }
  TK_TRY_VOID(expect_server(ssl.get(), impl, host, session_key));
  resume_session(ssl.get(), impl, session_key);
  SSL_set_connect_state(ssl.get());
  return ssl;
}

}  // namespace tusker
