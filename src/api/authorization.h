#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"

namespace tusker::api {

// The parts of an Authorization header; borrowed from it.
struct Authorization {
  std::string_view secret_id;
  std::string_view date;     // YYYY-MM-DD, as sent
  std::string_view service;  // whatever the sender signed with: "emr", "127", "localhost:8080"
  std::string_view signed_headers;
  std::vector<std::string_view>
      header_names;            // the parts of signed_headers; content-type and host among them
  std::string_view signature;  // 64 lower-case hex digits
};

// "TC3-HMAC-SHA256 Credential=ID/DATE/SERVICE/tc3_request, SignedHeaders=a;b, Signature=HEX"; the
// three in any order. AuthFailure.InvalidAuthorization says which part is not so.
Result<Authorization> parse_authorization(std::string_view header);

}  // namespace tusker::api
