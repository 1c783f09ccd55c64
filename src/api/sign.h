#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/sha256.h"

namespace tusker::api {

// Signatures of the public API as both sides compute them: TC3-HMAC-SHA256 and its predecessor.
// Pure functions of their arguments; any thread. Source: the vendor's signature pages, checked by
// their test vectors in sign_test.cc.

// HMAC-SHA256 (FIPS 198-1) under one key, with the two key blocks already hashed.
class HmacKey {
 public:
  explicit HmacKey(std::string_view key);

  Sha256Digest sign(std::string_view message) const;

 private:
  Sha256 inner_;
  Sha256 outer_;
};

// The key that signs every request of one secret key, day ("2026-11-25", UTC) and service.
HmacKey derive_tc3_key(std::string_view secret_key,
                       std::string_view date,
                       std::string_view service);

// The day of a UNIX time in UTC, "2026-11-25".
std::string utc_date(std::int64_t unix_seconds);

// The parts of a request that TC3 signs.
struct Tc3Canonical {
  std::string_view method;
  std::string_view query;              // as on the wire
  std::string_view canonical_headers;  // one "name:value\n" each, lower case, sorted
  std::string_view signed_headers;     // the same names joined by ';'
  std::string_view hashed_payload;     // lower-case hex
};

// The lower-case hex signature of a request under the key of its day and service.
std::string tc3_signature(const HmacKey& key,
                          const Tc3Canonical& canonical,
                          std::string_view timestamp,
                          std::string_view date,
                          std::string_view service);

// The hex SHA-256 of the text UNSIGNED-PAYLOAD, which takes the place of a body's digest when the
// sender says so.
inline constexpr std::string_view kUnsignedPayloadDigest =
    "438d4109ef0d676b8c2c7ed13cdfcb418e494d53b843d4634ce3b1085f07bb96";

// Who signs.
struct Credential {
  std::string secret_id;
  std::string secret_key;
};

// A request to be signed by a client of ours.
struct Tc3Request {
  std::string_view method = "POST";
  std::string_view host{};  // exactly as the Host header will have it, port included
  std::string_view content_type = "application/json";
  std::string_view query{};  // encoded as it will be sent; empty for POST
  std::string_view body{};   // empty for GET
  std::string_view service = "emr";
  WallTime now{};
};

// The two headers that make a request authentic. Content-Type and Host have to be sent as they were
// given.
struct Tc3Headers {
  std::string authorization;
  std::string timestamp;  // X-TC-Timestamp
};

Tc3Headers sign_tc3(const Credential& credential, const Tc3Request& request);

// The signature of version 1: base64 of the HMAC over METHOD + host + "/?" + sorted raw parameters.
enum class V1Method { HmacSha1, HmacSha256 };
std::string v1_signature(V1Method method, std::string_view secret_key, std::string_view source);

}  // namespace tusker::api
