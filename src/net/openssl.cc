#include "net/openssl.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace tusker {

void OpensslDelete::operator()(BIGNUM* object) const {
  BN_free(object);
}
void OpensslDelete::operator()(BIO* object) const {
  BIO_free_all(object);
}
void OpensslDelete::operator()(EVP_PKEY* object) const {
  EVP_PKEY_free(object);
}
void OpensslDelete::operator()(X509* object) const {
  X509_free(object);
}
void OpensslDelete::operator()(X509_EXTENSION* object) const {
  X509_EXTENSION_free(object);
}
void OpensslDelete::operator()(X509_REQ* object) const {
  X509_REQ_free(object);
}
void OpensslDelete::operator()(SSL* object) const {
  SSL_free(object);
}
void OpensslDelete::operator()(SSL_CTX* object) const {
  SSL_CTX_free(object);
}
void OpensslDelete::operator()(SSL_SESSION* object) const {
  SSL_SESSION_free(object);
}

Error openssl_error(ErrorCode code, std::string_view what) {
  const unsigned long number = ERR_get_error();
  ERR_clear_error();
  if (number == 0) return Error(code, std::string(what));
  const char* reason = ERR_reason_error_string(number);
  return Error::make(code, "{}: {}", what, reason != nullptr ? reason : "unknown OpenSSL error");
}

Result<std::vector<OpensslX509>> read_x509_chain(std::string_view pem) {
  const OpensslBio memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<OpensslX509> chain;
  while (OpensslX509 certificate{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)}) {
    chain.push_back(std::move(certificate));
  }
  if (chain.empty()) return openssl_error(ErrorCode::InvalidArgument, "not a certificate in PEM");
  ERR_clear_error();  // "no start line" after the last
  return chain;
}

Result<OpensslX509> read_x509(std::string_view pem) {
  TK_TRY(std::vector<OpensslX509> chain, read_x509_chain(pem));
  return std::move(chain.front());
}

Result<OpensslKey> read_private_key(std::string_view pem) {
  const OpensslBio memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // Without a callback OpenSSL would ask the terminal for the passphrase of an encrypted key.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  OpensslKey key(PEM_read_bio_PrivateKey(memory.get(), nullptr, no_passphrase, nullptr));
  if (!key)
    return openssl_error(ErrorCode::InvalidArgument, "not an unencrypted private key in PEM");
  return key;
}

}  // namespace tusker
