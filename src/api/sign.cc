#include "api/sign.h"

#include <fmt/compile.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <chrono>
#include <cstring>

#include "base/check.h"
#include "base/letters.h"

namespace tusker::api {
namespace {

constexpr std::size_t kBlock = 64;  // of SHA-1 and SHA-256

std::string_view bytes_of(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

HmacKey::HmacKey(std::string_view key) {
  std::array<char, kBlock> block{};
  if (key.size() > kBlock) {
    const Sha256Digest digest = sha256(key);
    std::memcpy(block.data(), digest.data(), digest.size());
  } else {
    std::memcpy(block.data(), key.data(), key.size());
  }
  for (char& byte : block) byte = static_cast<char>(byte ^ 0x36);
  inner_.add({block.data(), block.size()});
  for (char& byte : block) byte = static_cast<char>(byte ^ 0x36 ^ 0x5C);
  outer_.add({block.data(), block.size()});
}

Sha256Digest HmacKey::sign(std::string_view message) const {
  Sha256 inner = inner_;
  inner.add(message);
  Sha256 outer = outer_;
  outer.add(bytes_of(inner.digest()));
  return outer.digest();
}

HmacKey derive_tc3_key(std::string_view secret_key,
                       std::string_view date,
                       std::string_view service) {
  const Sha256Digest day = HmacKey(fmt::format("TC3{}", secret_key)).sign(date);
  const Sha256Digest of_service = HmacKey(bytes_of(day)).sign(service);
  const Sha256Digest signing = HmacKey(bytes_of(of_service)).sign("tc3_request");
  return HmacKey(bytes_of(signing));
}

std::string utc_date(std::int64_t unix_seconds) {
  using namespace std::chrono;
  const year_month_day date(floor<days>(sys_seconds{seconds{unix_seconds}}));
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}"),
                     static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string tc3_signature(const HmacKey& key,
                          const Tc3Canonical& canonical,
                          std::string_view timestamp,
                          std::string_view date,
                          std::string_view service) {
  std::string text;
  text.reserve(256 + canonical.query.size() + canonical.canonical_headers.size());
  text.append(canonical.method).append("\n/\n").append(canonical.query).append("\n");
  text.append(canonical.canonical_headers)
      .append("\n")
      .append(canonical.signed_headers)
      .append("\n");
  text.append(canonical.hashed_payload);
  const std::string digest = sha256_hex(text);
  text.clear();
  text.append("TC3-HMAC-SHA256\n").append(timestamp).append("\n").append(date).append("/");
  text.append(service).append("/tc3_request\n").append(digest);
  return to_hex(key.sign(text));
}

Tc3Headers sign_tc3(const Credential& credential, const Tc3Request& request) {
  static constexpr std::string_view kSignedHeaders = "content-type;host";
  const std::int64_t seconds = request.now.ms / 1000;
  const std::string timestamp = std::to_string(seconds);
  const std::string date = utc_date(seconds);
  const std::string headers = fmt::format(
      "content-type:{}\nhost:{}\n", lower_case(request.content_type), lower_case(request.host));
  const std::string payload = sha256_hex(request.body);
  const HmacKey key = derive_tc3_key(credential.secret_key, date, request.service);
  const std::string signature =
      tc3_signature(key,
                    {request.method, request.query, headers, kSignedHeaders, payload},
                    timestamp,
                    date,
                    request.service);
  return {
      fmt::format("TC3-HMAC-SHA256 Credential={}/{}/{}/tc3_request, SignedHeaders={}, Signature={}",
                  credential.secret_id,
                  date,
                  request.service,
                  kSignedHeaders,
                  signature),
      timestamp};
}

std::string v1_signature(V1Method method, std::string_view secret_key, std::string_view source) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  const EVP_MD* const algorithm = method == V1Method::HmacSha1 ? EVP_sha1() : EVP_sha256();
  TK_CHECK(HMAC(algorithm,
                secret_key.data(),
                static_cast<int>(secret_key.size()),
                reinterpret_cast<const unsigned char*>(source.data()),
                source.size(),
                digest,
                &length) != nullptr,
           "OpenSSL cannot compute an HMAC");
  return to_base64({reinterpret_cast<const char*>(digest), length});
}

}  // namespace tusker::api
