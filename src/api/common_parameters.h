#pragma once

#include <string_view>
#include <vector>

#include "api/arena.h"
#include "api/form_reader.h"
#include "api/request.h"
#include "base/result.h"

namespace tusker::api {

enum class SignatureScheme {
  Tc3,  // TC3-HMAC-SHA256: common parameters travel as headers
  V1,   // HmacSHA1, HmacSHA256: in the query or form
};

// What every call says whatever its action; borrowed from the request or its arena. Empty: not
// given.
struct CommonParameters {
  SignatureScheme scheme = SignatureScheme::Tc3;
  std::string_view action;
  std::string_view version;
  std::string_view region;
  std::string_view timestamp;
  std::string_view token;

  // V1 only.
  std::string_view secret_id;
  std::string_view signature;
  std::string_view signature_method;
  std::string_view nonce;
  std::vector<Parameter> all;  // as received, signature included

  // Of a query or form, without the common ones: what the action itself gets.
  std::vector<Parameter> own;
};

// Tells the scheme by the headers, and reads. Errors: a query or form that does not parse.
Result<CommonParameters> read_common_parameters(const ApiRequest& request, Arena& arena);

// Whether the Content-Type says so, whatever follows ';'.
bool has_content_type(const ApiRequest& request, std::string_view type);

}  // namespace tusker::api
