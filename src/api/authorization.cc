#include "api/authorization.h"

#include <algorithm>

#include "api/errors.h"
#include "api/generated/error_codes.h"

namespace tusker::api {
namespace {

constexpr std::size_t kMaxSignedHeaders = 32;

template <typename... Args>
Error malformed(fmt::format_string<Args...> format, Args&&... args) {
  return api_error(
      code::kAuthFailure_InvalidAuthorization,
      "the Authorization header is malformed: {}; expected \"TC3-HMAC-SHA256 Credential=SecretId/"
      "YYYY-MM-DD/service/tc3_request, SignedHeaders=content-type;host, Signature=hex\"",
      fmt::format(format, std::forward<Args>(args)...));
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

Status read_credential(std::string_view text, Authorization& into) {
  static constexpr std::string_view kEnd = "/tc3_request";
  if (!text.ends_with(kEnd)) return malformed("Credential does not end with {}", kEnd);
  text.remove_suffix(kEnd.size());
  const std::size_t first = text.find('/');
  const std::size_t second = first == std::string_view::npos ? first : text.find('/', first + 1);
  if (second == std::string_view::npos) return malformed("Credential has fewer than four parts");
  into.secret_id = text.substr(0, first);
  into.date = text.substr(first + 1, second - first - 1);
  into.service = text.substr(second + 1);
  if (into.secret_id.empty() || into.service.empty())
    return malformed("Credential has an empty part");
  return ok_status();
}

Status read_header_names(std::string_view text, Authorization& into) {
  into.signed_headers = text;
  while (true) {
    const std::size_t end = text.find(';');
    const std::string_view name = text.substr(0, end);
    if (name.empty() || std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'Z'; })) {
      return malformed("SignedHeaders has an empty name or one with capitals");
    }
    into.header_names.push_back(name);
    if (into.header_names.size() > kMaxSignedHeaders)
      return malformed("SignedHeaders has too many names");
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  for (const std::string_view required : {"content-type", "host"}) {
    if (std::ranges::find(into.header_names, required) == into.header_names.end()) {
      return malformed("SignedHeaders lacks {}", required);
    }
  }
  return ok_status();
}

Status read_signature(std::string_view text, Authorization& into) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (text.size() != 64 || !std::ranges::all_of(text, is_hex)) {
    return malformed("Signature is not 64 lower-case hex digits");
  }
  into.signature = text;
  return ok_status();
}

Status read_part(std::string_view part, Authorization& into) {
  const std::size_t equals = part.find('=');
  if (equals == std::string_view::npos) return malformed("a part has no '='");
  const std::string_view name = part.substr(0, equals);
  const std::string_view value = part.substr(equals + 1);
  if (name == "Credential" && into.secret_id.empty()) return read_credential(value, into);
  if (name == "SignedHeaders" && into.signed_headers.empty()) return read_header_names(value, into);
  if (name == "Signature" && into.signature.empty()) return read_signature(value, into);
  return malformed("it has an unknown part, or one twice");
}

}  // namespace

Result<Authorization> parse_authorization(std::string_view header) {
  static constexpr std::string_view kScheme = "TC3-HMAC-SHA256 ";
  if (!header.starts_with(kScheme)) return malformed("it does not begin with {}", kScheme);
  header.remove_prefix(kScheme.size());
  Authorization authorization;
  authorization.header_names.reserve(4);
  while (!header.empty()) {
    const std::size_t end = header.find(',');
    TK_TRY_VOID(read_part(trimmed(header.substr(0, end)), authorization));
    header.remove_prefix(end == std::string_view::npos ? header.size() : end + 1);
  }
  if (authorization.secret_id.empty()) return malformed("Credential is missing");
  if (authorization.signed_headers.empty()) return malformed("SignedHeaders is missing");
  if (authorization.signature.empty()) return malformed("Signature is missing");
  return authorization;
}

}  // namespace tusker::api
