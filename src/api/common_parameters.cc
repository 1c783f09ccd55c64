#include "api/common_parameters.h"

#include <algorithm>

#include "api/errors.h"

namespace tusker::api {
namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

CommonParameters from_headers(const ApiRequest& request) {
  CommonParameters common;
  common.scheme = SignatureScheme::Tc3;
  common.action = find_header(request.headers, "X-TC-Action");
  common.version = find_header(request.headers, "X-TC-Version");
  common.region = find_header(request.headers, "X-TC-Region");
  common.timestamp = find_header(request.headers, "X-TC-Timestamp");
  common.token = find_header(request.headers, "X-TC-Token");
  return common;
}

// Common parameters without an effect. A place for each: the Python SDK sends both.
struct Ignored {
  std::string_view language;
  std::string_view request_client;
};

// Where a common parameter of version 1 goes, or null when it is the action's own.
std::string_view* place_of(CommonParameters& common, std::string_view name, Ignored& ignored) {
  if (name == "Action") return &common.action;
  if (name == "Version") return &common.version;
  if (name == "Region") return &common.region;
  if (name == "Timestamp") return &common.timestamp;
  if (name == "Token") return &common.token;
  if (name == "SecretId") return &common.secret_id;
  if (name == "Signature") return &common.signature;
  if (name == "SignatureMethod") return &common.signature_method;
  if (name == "Nonce") return &common.nonce;
  if (name == "Language") return &ignored.language;
  if (name == "RequestClient") return &ignored.request_client;
  return nullptr;
}

Result<CommonParameters> from_parameters(std::string_view encoded, Arena& arena) {
  CommonParameters common;
  common.scheme = SignatureScheme::V1;
  TK_TRY(common.all, read_parameters(encoded, arena));
  Ignored ignored;
  for (const Parameter& parameter : common.all) {
    std::string_view* const place = place_of(common, parameter.name, ignored);
    if (place == nullptr) {
      common.own.push_back(parameter);
    } else if (!place->empty()) {
      return Error::make(
          ErrorCode::InvalidArgument, "{} is given twice; give it once", parameter.name);
    } else {
      *place = parameter.value;
    }
  }
  return common;
}

}  // namespace

bool has_content_type(const ApiRequest& request, std::string_view type) {
  std::string_view value = find_header(request.headers, "Content-Type");
  value = value.substr(0, value.find(';'));
  while (value.ends_with(' ')) value.remove_suffix(1);
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(value, type, {}, lower, lower);
}

Result<CommonParameters> read_common_parameters(const ApiRequest& request, Arena& arena) {
  const bool by_headers = !find_header(request.headers, "Authorization").empty() ||
                          !find_header(request.headers, "X-TC-Action").empty();
  const bool get = request.method == "GET";
  if (by_headers) {
    CommonParameters common = from_headers(request);
    if (get) {
      TK_TRY(common.own, read_parameters(request.query, arena));
    }
    return common;
  }
  if (get) return from_parameters(request.query, arena);
  if (has_content_type(request, kForm)) return from_parameters(request.body, arena);
  return from_headers(request);
}

}  // namespace tusker::api
