// OpenSSL's direct functions are deprecated in favour of EVP, whose contexts cannot be copied
// without two allocations and cost more than hashing a request does.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/sha256.h"

namespace tusker {

Sha256::Sha256() {
  SHA256_Init(&state_);
}

void Sha256::add(std::string_view bytes) {
  SHA256_Update(&state_, bytes.data(), bytes.size());
}

Sha256Digest Sha256::digest() const {
  SHA256_CTX last = state_;
  Sha256Digest digest{};
  SHA256_Final(digest.data(), &last);
  return digest;
}

}  // namespace tusker
