#pragma once

// For src/net only: the strict reading of a request's head. Pure.

#include <cstdint>
#include <optional>
#include <string_view>

#include "net/http_message.h"
#include "net/http_server.h"

namespace tusker {

struct RequestHead {
  HttpRequest request;  // all but body, peer and certificate
  std::uint64_t content_length = 0;
  bool keep_alive = true;
  bool expect_continue = false;
};

constexpr std::size_t kMaxRequestHeaders = 128;

// Reads the bytes from the request line to the empty line, which they end with. Answers why not, or
// nothing and fills `head`.
//
// Beast's parser reads it. Refused besides, since others may read them otherwise than we (RFC 9112
// sections 3.2, 5.2, 6.3, 11.2): folded lines, control characters, repeated Host, Content-Length or
// Transfer-Encoding, lists of lengths, any transfer coding. A Host may be a URL: tccli sends one.
std::optional<HttpRefusal> parse_request_head(std::string_view bytes, RequestHead& head);

}  // namespace tusker
