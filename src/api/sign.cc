#include "api/sign.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstring>
#include <ctime>

#include "base/check.h"

namespace tusker::api {
namespace {

constexpr std::size_t kBlock = 64;  // of SHA-1 and SHA-256

// Looked up once: a lookup costs more than hashing a request.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  TK_CHECK(algorithm != nullptr, "OpenSSL has no SHA-256");
  return algorithm;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Context begin_hash(const std::array<char, kBlock>& block) {
  Context context(EVP_MD_CTX_new());
  TK_CHECK(context != nullptr &&
               EVP_DigestInit_ex(context.get(), sha256_algorithm(), nullptr) == 1 &&
               EVP_DigestUpdate(context.get(), block.data(), block.size()) == 1,
           "OpenSSL cannot start a SHA-256");
  return context;
}

// Goes on from `state`, which stays as it is.
Sha256Digest finish_hash(const EVP_MD_CTX* state,
                         EVP_MD_CTX* scratch,
                         const void* data,
                         std::size_t size) {
  Sha256Digest digest{};
  TK_CHECK(EVP_MD_CTX_copy_ex(scratch, state) == 1 && EVP_DigestUpdate(scratch, data, size) == 1 &&
               EVP_DigestFinal_ex(scratch, digest.data(), nullptr) == 1,
           "OpenSSL cannot finish a SHA-256");
  return digest;
}

std::string_view bytes_of(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

}  // namespace

struct HmacKey::States {
  Context inner;
  Context outer;
  Context scratch{EVP_MD_CTX_new()};
};

HmacKey::HmacKey(std::string_view key) : states_(std::make_unique<States>()) {
  std::array<char, kBlock> block{};
  if (key.size() > kBlock) {
    const Sha256Digest digest = sha256(key);
    std::memcpy(block.data(), digest.data(), digest.size());
  } else {
    std::memcpy(block.data(), key.data(), key.size());
  }
  for (char& byte : block) byte = static_cast<char>(byte ^ 0x36);
  states_->inner = begin_hash(block);
  for (char& byte : block) byte = static_cast<char>(byte ^ 0x36 ^ 0x5C);
  states_->outer = begin_hash(block);
}

HmacKey::HmacKey(HmacKey&&) noexcept = default;
HmacKey& HmacKey::operator=(HmacKey&&) noexcept = default;
HmacKey::~HmacKey() = default;

Sha256Digest HmacKey::sign(std::string_view message) const {
  EVP_MD_CTX* const scratch = states_->scratch.get();
  const Sha256Digest inner =
      finish_hash(states_->inner.get(), scratch, message.data(), message.size());
  return finish_hash(states_->outer.get(), scratch, inner.data(), inner.size());
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
  const std::time_t time = unix_seconds;
  std::tm parts{};
  gmtime_r(&time, &parts);
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
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
