#include "api/verifier.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "control/access_keys.h"
#include "model/model.h"

namespace tusker::api {
namespace {

// Of keys that are gone, nothing else removes them.
constexpr std::size_t kMaxCachedKeys = 1024;

constexpr std::string_view kEmptyBodyDigest =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

void append_lower(std::string& out, std::string_view text) {
  for (const char c : text) out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
}

// "h:8080" and "http://h:8080" without the port; empty when there is none.
std::string_view without_port(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == host.size()) return {};
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return std::ranges::all_of(host.substr(colon + 1), is_digit) ? host.substr(0, colon)
                                                               : std::string_view();
}

// One reading of the two headers that clients sign differently from what they send
// (docs/reference/clients.md 1.3, docs/reference/wire-protocol.md 3.1).
struct Reading {
  std::string_view host;
  bool lower_content_type = true;
};

std::string canonical_headers(const ApiRequest& request,
                              const Authorization& authorization,
                              const Reading& reading) {
  std::string out;
  out.reserve(128);
  for (const std::string_view name : authorization.header_names) {
    out.append(name).push_back(':');
    if (name == "host") {
      append_lower(out, reading.host);
    } else if (name == "content-type" && !reading.lower_content_type) {
      out.append(find_header(request.headers, name));
    } else {
      append_lower(out, find_header(request.headers, name));
    }
    out.push_back('\n');
  }
  return out;
}

// Into `hashed` when it has to be computed.
std::string_view payload_digest(const ApiRequest& request, std::string& hashed) {
  if (find_header(request.headers, "X-TC-Content-SHA256") == "UNSIGNED-PAYLOAD")
    return kUnsignedPayloadDigest;
  if (request.method == "GET" || request.body.empty()) return kEmptyBodyDigest;
  return hashed = sha256_hex(request.body);
}

Error wrong_signature() {
  return api_error(
      code::kAuthFailure_SignatureFailure,
      "the signature does not match the request; check the SecretKey, and that what was signed is "
      "what was sent: method, query, Content-Type, Host and body");
}

bool matches_any_reading(const ApiRequest& request,
                         const Authorization& authorization,
                         std::string_view timestamp,
                         const HmacKey& key) {
  std::string hashed;
  const std::string_view payload = payload_digest(request, hashed);
  const std::string_view host = find_header(request.headers, "Host");
  const std::string_view type = find_header(request.headers, "Content-Type");
  const bool capitals = std::ranges::any_of(type, [](char c) { return c >= 'A' && c <= 'Z'; });
  const std::string_view query = request.method == "GET" ? request.query : std::string_view();
  const std::array<std::string_view, 2> hosts = {host, without_port(host)};
  for (const bool lower : {true, false}) {
    if (!lower && !capitals) continue;
    for (const std::string_view one : hosts) {
      if (one.empty()) continue;
      const std::string headers = canonical_headers(request, authorization, {one, lower});
      const Tc3Canonical canonical{
          request.method, query, headers, authorization.signed_headers, payload};
      const std::string expected =
          tc3_signature(key, canonical, timestamp, authorization.date, authorization.service);
      if (equal_constant_time(expected, authorization.signature)) return true;
    }
  }
  return false;
}

// METHOD + host + "/?" + the parameters sorted by name, raw, without the signature.
std::string v1_source(const ApiRequest& request,
                      const CommonParameters& common,
                      std::string_view host) {
  std::vector<Parameter> sorted;
  for (const Parameter& parameter : common.all) {
    if (parameter.name != "Signature") sorted.push_back(parameter);
  }
  std::ranges::stable_sort(sorted, {}, &Parameter::name);
  std::string source(request.method);
  source.append(host).append("/?");
  bool first = true;
  for (const Parameter& parameter : sorted) {
    if (!first) source.push_back('&');
    first = false;
    source.append(parameter.name).append("=").append(parameter.value);
  }
  return source;
}

Status need(std::string_view value, std::string_view name) {
  if (!value.empty()) return ok_status();
  return api_error(code::kMissingParameter, "{} is required to sign a request", name);
}

Status check_v1_parameters(const CommonParameters& common) {
  TK_TRY_VOID(need(common.secret_id, "SecretId"));
  TK_TRY_VOID(need(common.signature, "Signature"));
  TK_TRY_VOID(need(common.timestamp, "Timestamp"));
  TK_TRY_VOID(need(common.nonce, "Nonce"));
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (common.nonce.size() > 20 || !std::ranges::all_of(common.nonce, is_digit)) {
    return api_error(code::kInvalidParameter, "Nonce is not a positive integer");
  }
  const std::string_view method = common.signature_method;
  if (!method.empty() && method != "HmacSHA1" && method != "HmacSHA256") {
    return api_error(code::kInvalidParameterValue,
                     "SignatureMethod is neither HmacSHA1 nor HmacSHA256");
  }
  return ok_status();
}

}  // namespace

bool SignatureVerifier::DerivedKey::is_of(const store::AccessKey& row,
                                          const Authorization& authorization) const {
  return sealed == row.sealed_secret_key() && date == authorization.date &&
         service == authorization.service;
}

Result<const store::AccessKey*> SignatureVerifier::verify(const ApiRequest& request,
                                                          const CommonParameters& common) {
  TK_TRY(const store::AccessKey* const key,
         common.scheme == SignatureScheme::Tc3 ? verify_tc3(request, common)
                                               : verify_v1(request, common));
  if (!common.token.empty()) {
    return api_error(
        code::kAuthFailure_TokenFailure,
        "a session token was sent, but keys of this server are permanent and have none; send the "
        "request without a token");
  }
  return key;
}

Result<const store::AccessKey*> SignatureVerifier::verify_tc3(const ApiRequest& request,
                                                              const CommonParameters& common) {
  const std::string_view header = find_header(request.headers, "Authorization");
  if (header.empty()) {
    return api_error(code::kAuthFailure_InvalidAuthorization,
                     "the Authorization header is missing; sign the request with TC3-HMAC-SHA256");
  }
  if (common.timestamp.empty()) {
    return api_error(code::kMissingParameter, "the header X-TC-Timestamp is required");
  }
  TK_TRY(const Authorization authorization, parse_authorization(header));
  TK_TRY(const std::int64_t timestamp, check_timestamp(common.timestamp));
  TK_TRY(const store::AccessKey* const row, find_key(authorization.secret_id));
  if (authorization.date != utc_date(timestamp)) {
    return api_error(code::kAuthFailure_SignatureFailure,
                     "the date in Credential is not the UTC date of X-TC-Timestamp, {}",
                     utc_date(timestamp));
  }

  const auto at = keys_.find(authorization.secret_id);
  if (at != keys_.end() && at->second.is_of(*row, authorization)) {
    if (!matches_any_reading(request, authorization, common.timestamp, at->second.key))
      return wrong_signature();
    return row;
  }
  TK_TRY(const std::string secret, open_secret(*row, sealer_));
  HmacKey key = derive_tc3_key(secret, authorization.date, authorization.service);
  if (!matches_any_reading(request, authorization, common.timestamp, key)) return wrong_signature();
  if (keys_.size() >= kMaxCachedKeys) keys_.clear();
  keys_.insert_or_assign(row->secret_id(),
                         DerivedKey{row->sealed_secret_key(),
                                    std::string(authorization.date),
                                    std::string(authorization.service),
                                    key});
  return row;
}

Result<const store::AccessKey*> SignatureVerifier::verify_v1(const ApiRequest& request,
                                                             const CommonParameters& common) {
  TK_TRY_VOID(check_v1_parameters(common));
  TK_TRY(const std::int64_t timestamp, check_timestamp(common.timestamp));
  static_cast<void>(timestamp);
  TK_TRY(const store::AccessKey* const row, find_key(common.secret_id));
  TK_TRY(const std::string secret, open_secret(*row, sealer_));
  const V1Method method =
      common.signature_method == "HmacSHA256" ? V1Method::HmacSha256 : V1Method::HmacSha1;
  const std::string_view host = find_header(request.headers, "Host");
  for (const std::string_view one : {host, without_port(host)}) {
    if (one.empty()) continue;
    const std::string expected = v1_signature(method, secret, v1_source(request, common, one));
    if (equal_constant_time(expected, common.signature)) return row;
  }
  return wrong_signature();
}

Result<std::int64_t> SignatureVerifier::check_timestamp(std::string_view text) const {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 0) {
    return api_error(code::kInvalidParameter, "the timestamp is not a number of UNIX seconds");
  }
  const std::int64_t now = clock_.wall().ms / 1000;
  // Compared without a difference of numbers from outside, which could overflow.
  if (seconds < now - kTimestampWindowSeconds || seconds > now + kTimestampWindowSeconds) {
    return api_error(code::kAuthFailure_SignatureExpire,
                     "the timestamp {} is more than {} s away from this server's time, {}; set the "
                     "clock of either "
                     "machine, then sign the request anew",
                     seconds,
                     kTimestampWindowSeconds,
                     now);
  }
  return seconds;
}

Result<const store::AccessKey*> SignatureVerifier::find_key(std::string_view secret_id) const {
  const store::AccessKey* const row = model_.access_key(secret_id);
  if (row == nullptr || row->disabled()) {
    return api_error(code::kAuthFailure_SecretIdNotFound,
                     "this server has no such SecretId, or it is disabled or deleted; `tusker env` "
                     "prints the root "
                     "key, `tusker key create` makes others");
  }
  return row;
}

}  // namespace tusker::api
