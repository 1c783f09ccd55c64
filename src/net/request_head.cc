#include "net/request_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <charconv>
#include <cstring>

namespace tusker {

namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

HttpRefusal malformed(int status, std::string message) {
  return HttpRefusal{HttpRefusal::Kind::Malformed, status, std::move(message)};
}

std::string_view std_view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

// Takes over what Beast finds, as views into the bytes it reads.
class HeadParser final : public http::basic_parser<true> {
 public:
  explicit HeadParser(RequestHead& head) : head_(head) { head_.request.headers.reserve(16); }

  int version = 0;

 private:
  void on_request_impl(http::verb,
                       boost::beast::string_view method,
                       boost::beast::string_view target,
                       int http_version,
                       error_code&) override {
    head_.request.method = std_view(method);
    head_.request.target = std_view(target);
    version = http_version;
  }
  void on_field_impl(http::field,
                     boost::beast::string_view name,
                     boost::beast::string_view value,
                     error_code&) override {
    head_.request.headers.push_back({std_view(name), std_view(value)});
  }
  void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(boost::beast::string_view body, error_code&) override {
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t,
                                 boost::beast::string_view body,
                                 error_code&) override {
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  RequestHead& head_;
};

// Where the next byte is from `at` on that is a control, or the text's last few bytes begin.
std::size_t skip_ordinary(std::string_view bytes, std::size_t at) {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  constexpr std::uint64_t kHigh = kEach * 0x80;
  for (std::uint64_t word = 0; at + sizeof word <= bytes.size(); at += sizeof word) {
    std::memcpy(&word, bytes.data() + at, sizeof word);
    const std::uint64_t deleted = word ^ (kEach * 0x7f);
    // Bytes below a space, or that are 0x7f; one behind such a byte may be taken for one as well.
    // (Hacker's Delight, 6-1.)
    const std::uint64_t found = ((word - kEach * ' ') & ~word) | ((deleted - kEach) & ~deleted);
    if ((found & kHigh) != 0) break;
  }
  return at;
}

// What no header may hold, and no line may begin with; Beast joins folded lines into one value.
std::optional<HttpRefusal> check_bytes(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if ((i & 7) == 0) i = skip_ordinary(bytes, i);
    if (i >= bytes.size()) break;
    const auto c = static_cast<unsigned char>(bytes[i]);
    if (c >= ' ' && c != 0x7f) continue;
    if (c == '\t') continue;
    if (c == '\r' && i + 1 < bytes.size() && bytes[i + 1] == '\n') {
      const char next = i + 2 < bytes.size() ? bytes[i + 2] : 'x';
      if (next == ' ' || next == '\t')
        return malformed(400, "a folded header line; send each header on one line");
      ++i;
      continue;
    }
    return malformed(400, fmt::format("control character 0x{:02x} at byte {} of the head", c, i));
  }
  return std::nullopt;
}

std::optional<HttpRefusal> split_target(HttpRequest& request) {
  const std::string_view target = request.target;
  for (const char c : target) {
    if (c <= ' ' || c > '~' || c == '#') {
      return malformed(400, "the request target has a character that must be percent-encoded");
    }
  }
  std::size_t path_begin = 0;
  if (target.starts_with("http://") || target.starts_with("https://")) {
    const std::size_t authority = target.find("//") + 2;
    path_begin = target.find_first_of("/?", authority);
    if (path_begin == authority)
      return malformed(400, "the request target is a URL without a host");
    if (path_begin == std::string_view::npos) path_begin = target.size();
  } else if (!target.starts_with('/') && !(target == "*" && request.method == "OPTIONS")) {
    return malformed(400, "the request target must be a path or an http URL");
  }
  const std::string_view rest = target.substr(path_begin);
  const std::size_t mark = rest.find('?');
  request.path = rest.substr(0, mark);
  if (request.path.empty()) request.path = "/";
  request.query = mark == std::string_view::npos ? std::string_view() : rest.substr(mark + 1);
  return std::nullopt;
}

bool is_host(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-_~:[]/%").find(c) != std::string_view::npos;
  });
}

// Whether a list header, such as Connection, has this element.
bool has_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view item = list.substr(0, comma);
    while (!item.empty() && (item.front() == ' ' || item.front() == '\t')) item.remove_prefix(1);
    while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) item.remove_suffix(1);
    if (equal_ignoring_case(item, token)) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

// The headers that decide how a message is framed and where it goes. Each at most once.
struct Framing {
  int hosts = 0;
  int lengths = 0;
  int codings = 0;
  std::string_view host;
  std::string_view length;
  std::string_view coding;
  std::string_view expect;
  bool upgrade_wanted = false;
  bool connection_upgrade = false;
  bool version_13 = false;
  std::string_view key;

  explicit Framing(const std::vector<HttpHeader>& headers) {
    for (const HttpHeader& header : headers) {
      switch (header.name.size()) {
        case 4:
          if (equal_ignoring_case(header.name, "host")) ++hosts, host = header.value;
          break;
        case 6:
          if (equal_ignoring_case(header.name, "expect")) expect = header.value;
          break;
        case 7:
          if (equal_ignoring_case(header.name, "upgrade")) {
            upgrade_wanted |= has_token(header.value, "websocket");
          }
          break;
        case 10:
          if (equal_ignoring_case(header.name, "connection")) {
            connection_upgrade |= has_token(header.value, "upgrade");
          }
          break;
        case 14:
          if (equal_ignoring_case(header.name, "content-length")) ++lengths, length = header.value;
          break;
        case 17:
          if (equal_ignoring_case(header.name, "transfer-encoding"))
            ++codings, coding = header.value;
          if (equal_ignoring_case(header.name, "sec-websocket-key")) key = header.value;
          break;
        case 21:
          if (equal_ignoring_case(header.name, "sec-websocket-version"))
            version_13 = header.value == "13";
          break;
        default:
          break;
      }
    }
  }
};

std::optional<HttpRefusal> check_host(const Framing& framing, bool http_1_0) {
  if (framing.hosts > 1) return malformed(400, "several Host headers; send one");
  if (framing.hosts == 0) {
    if (http_1_0) return std::nullopt;
    return malformed(400, "no Host header; HTTP/1.1 wants one");
  }
  if (!is_host(framing.host)) return malformed(400, "the Host header is not a host");
  return std::nullopt;
}

std::optional<HttpRefusal> check_length(const Framing& framing, RequestHead& head) {
  if (framing.codings > 1 || (framing.codings > 0 && framing.lengths > 0)) {
    return malformed(400, "more than one of Transfer-Encoding and Content-Length");
  }
  if (framing.codings == 1) {
    if (!equal_ignoring_case(framing.coding, "chunked") || head.request.http_1_0) {
      return malformed(501, "unknown transfer coding; send the body with Content-Length");
    }
    return HttpRefusal{HttpRefusal::Kind::LengthRequired,
                       411,
                       "chunked requests are not taken; send the body with Content-Length"};
  }
  if (framing.lengths > 1) return malformed(400, "several Content-Length headers; send one");
  if (framing.lengths == 0) return std::nullopt;
  const std::string_view digits = framing.length;
  const bool all_digits =
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits.empty() || digits.size() > 15 || !all_digits) {
    return malformed(400, "Content-Length is not one number of at most 15 digits");
  }
  std::from_chars(digits.data(), digits.data() + digits.size(), head.content_length);
  return std::nullopt;
}

// 16 bytes in base64 (RFC 6455 section 4.1).
bool is_websocket_key(std::string_view key) {
  return key.size() == 24 && key.ends_with("==");
}

HttpRefusal of_parser(const error_code& failure) {
  if (failure == http::error::bad_version) {
    return malformed(505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
  }
  return malformed(400, "not a well-formed HTTP/1.1 request: " + failure.message());
}

}  // namespace

std::optional<HttpRefusal> parse_request_head(std::string_view bytes, RequestHead& head) {
  if (auto refusal = check_bytes(bytes)) return refusal;
  HttpRequest& request = head.request;
  request.storage = std::shared_ptr<char[]>(new char[bytes.size()]);
  std::memcpy(request.storage.get(), bytes.data(), bytes.size());

  HeadParser parser(head);
  parser.header_limit(static_cast<std::uint32_t>(bytes.size() + 1));
  parser.body_limit(boost::none);
  error_code failure;
  parser.put(boost::asio::const_buffer(request.storage.get(), bytes.size()), failure);
  if (failure) return of_parser(failure);
  request.http_1_0 = parser.version == 10;
  if (parser.version != 10 && parser.version != 11) {
    return malformed(505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
  }
  if (request.headers.size() > kMaxRequestHeaders) {
    return HttpRefusal{HttpRefusal::Kind::HeadTooLarge,
                       431,
                       fmt::format("more than {} headers", kMaxRequestHeaders)};
  }
  const Framing framing(request.headers);
  if (auto refusal = check_length(framing, head)) return refusal;
  if (!parser.is_header_done()) return malformed(400, "the head is not complete");
  if (auto refusal = check_host(framing, request.http_1_0)) return refusal;
  if (auto refusal = split_target(request)) return refusal;
  if (!framing.expect.empty()) {
    if (!equal_ignoring_case(framing.expect, "100-continue")) {
      return malformed(417, "the only expectation known here is 100-continue");
    }
    head.expect_continue = !request.http_1_0;
  }
  head.keep_alive = parser.keep_alive();
  request.websocket_upgrade = framing.upgrade_wanted && framing.connection_upgrade &&
                              framing.version_13 && is_websocket_key(framing.key) &&
                              request.method == "GET" && !request.http_1_0 &&
                              head.content_length == 0;
  return std::nullopt;
}

}  // namespace tusker
