#pragma once

// For src/net only: OpenSSL's objects with owners, and its errors as ours.

#include <openssl/ssl.h>

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tusker {

struct PeerCertificate;

struct OpensslDelete {
  void operator()(BIGNUM* object) const;
  void operator()(BIO* object) const;
  void operator()(EVP_PKEY* object) const;
  void operator()(X509* object) const;
  void operator()(X509_EXTENSION* object) const;
  void operator()(X509_REQ* object) const;
  void operator()(SSL* object) const;
  void operator()(SSL_CTX* object) const;
  void operator()(SSL_SESSION* object) const;
};
using OpensslBignum = std::unique_ptr<BIGNUM, OpensslDelete>;
using OpensslBio = std::unique_ptr<BIO, OpensslDelete>;
using OpensslKey = std::unique_ptr<EVP_PKEY, OpensslDelete>;
using OpensslX509 = std::unique_ptr<X509, OpensslDelete>;
using OpensslExtension = std::unique_ptr<X509_EXTENSION, OpensslDelete>;
using OpensslRequest = std::unique_ptr<X509_REQ, OpensslDelete>;
using OpensslSsl = std::unique_ptr<SSL, OpensslDelete>;
using OpensslContext = std::unique_ptr<SSL_CTX, OpensslDelete>;
using OpensslSession = std::unique_ptr<SSL_SESSION, OpensslDelete>;

// "what: the library's reason"; empties the thread's error queue.
Error openssl_error(ErrorCode code, std::string_view what);

Result<OpensslX509> read_x509(std::string_view pem);  // the first certificate
Result<std::vector<OpensslX509>> read_x509_chain(
    std::string_view pem);  // all of them, at least one
Result<OpensslKey> read_private_key(std::string_view pem);

PeerCertificate describe_x509(X509* certificate);

}  // namespace tusker
