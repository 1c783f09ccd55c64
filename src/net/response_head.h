#pragma once

// For src/net only: the status line and headers of an answer. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace tusker {

// How the body's end is told, and what becomes of the connection.
struct ResponseFraming {
  std::optional<std::uint64_t>
      length;  // none: chunked, or up to the end of the connection for HTTP/1.0
  bool keep_alive = true;
  bool http_1_0 = false;
  std::string_view date;  // "Wed, 25 Nov 2026 04:23:19 GMT"
};

// Whether every header can be sent: names are tokens, values have no control characters.
bool has_valid_headers(const HttpResponse& response);

void append_response_head(std::string& out,
                          const HttpResponse& response,
                          const ResponseFraming& framing);

// IMF-fixdate (RFC 9110 section 5.6.7).
std::string http_date(WallTime time);

}  // namespace tusker
