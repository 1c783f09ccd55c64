#pragma once

#include <openssl/sha.h>

#include <string_view>

#include "base/encoding.h"

namespace tusker {

// SHA-256 (FIPS 180-4) under way: a plain value, so that what many messages begin with, such as the
// key blocks of an HMAC, is hashed once.
class Sha256 {
 public:
  Sha256();
  void add(std::string_view bytes);
  Sha256Digest digest() const;  // of what was added so far

 private:
  SHA256_CTX state_;
};

}  // namespace tusker
