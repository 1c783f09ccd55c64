#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/certificate.h"

namespace tusker {

class BodySource;

// Compared without regard to case, ASCII only, as header names are.
bool equal_ignoring_case(std::string_view a, std::string_view b);

// One header as received: the name in the sender's case, the value without white space around it.
struct HttpHeader {
  std::string_view name;
  std::string_view value;
};

// A request as it was received, checked against RFC 9112 but not interpreted: signatures are over
// these very bytes.
//
// The views point into memory of the request and stay good when it is moved.
struct HttpRequest {
  HttpRequest() = default;
  HttpRequest(HttpRequest&&) = default;
  HttpRequest& operator=(HttpRequest&&) = default;

  // A request as if it had been received; for tests and replay.
  static HttpRequest make(std::string_view method,
                          std::string_view target,
                          std::initializer_list<HttpHeader> headers,
                          std::string body = "");

  // Value of the header, which has one value; the first if it was repeated; empty if there is none.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const;
  bool wants_websocket() const { return websocket_upgrade; }

  std::string_view method;  // case-sensitive, "GET"
  std::string_view target;  // as received: "/a?b=c" or "http://host/a?b=c"
  std::string_view path;    // of the target, not decoded; "/" if the target is a URL without one
  std::string_view query;   // after the first '?', raw; empty without one
  std::vector<HttpHeader> headers;  // in the order received
  std::string body;
  bool http_1_0 = false;
  bool websocket_upgrade = false;  // a valid request for a WebSocket, version 13
  std::string peer;                // "127.0.0.1:40322"
  std::shared_ptr<const PeerCertificate>
      certificate;  // of the client; null if it showed none. Verified when not null

  std::shared_ptr<char[]> storage;  // what the views point into; for src/net only
};

// What a server answers.
struct HttpResponse {
  HttpResponse() = default;
  HttpResponse(int code, std::string type, std::string content)
      : status(code), content_type(std::move(type)), body(std::move(content)) {}

  // The file's bytes, or the part that the request's Range asks for, or 404; opened and read by a
  // worker, not on the loop.
  static HttpResponse file(std::string path, std::string content_type);
  // A body made piece by piece, as fast as the client takes it; chunked unless `length` is known.
  static HttpResponse stream(std::string content_type,
                             std::shared_ptr<BodySource> source,
                             std::optional<std::uint64_t> length = std::nullopt);

  int status = 200;
  std::string content_type;  // sent exactly so; no such header if empty
  // Checked when sent: with a line break or the like in one of them the answer becomes a 500.
  // Content-Length, Connection, Transfer-Encoding, Date and Content-Type are the server's business.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool close = false;  // end the connection after this answer

  std::string file_path;               // instead of body, if not empty
  std::shared_ptr<BodySource> source;  // instead of body, if not null
  std::optional<std::uint64_t> source_length;
};

// What a client received.
struct HttpReply {
  std::string_view header(std::string_view name) const;

  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // empty if it went to HttpCall::on_body
};

}  // namespace tusker
