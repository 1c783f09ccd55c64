#include "engine/http_get.h"

#include <algorithm>
#include <charconv>
#include <memory>

namespace tusker {
namespace {

constexpr std::size_t kMaxHead = 64 << 10;

Error corrupt(std::string_view what, std::string_view found) {
  return Error::make(ErrorCode::Corrupt, "expected {} of HTTP/1.1, found '{:.40}'", what, found);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

bool is_field(std::string_view name, std::string_view wanted) {
  return std::equal(name.begin(), name.end(), wanted.begin(), wanted.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

Result<std::size_t> number(std::string_view text, int base, std::string_view what) {
  std::size_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (failure != std::errc() || end != text.data() + text.size()) return corrupt(what, text);
  return value;
}

}  // namespace

Result<std::string> encode_get(const std::string& address,
                               std::uint16_t port,
                               std::string_view path) {
  const bool plain =
      !path.empty() && path.front() == '/' &&
      std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < 127; });
  if (!plain) {
    return Error::make(
        ErrorCode::InvalidArgument, "path: expected /… without spaces, found '{:.80}'", path);
  }
  return fmt::format("GET {} HTTP/1.1\r\nHost: {}:{}\r\nConnection: close\r\nAccept: */*\r\n\r\n",
                     path,
                     address,
                     port);
}

Result<bool> HttpAnswer::advance(std::string_view received, bool ended) {
  if (body_ == Body::Unknown) {
    TK_TRY(const bool head, read_head(received));
    if (!head) return false;
  }
  switch (body_) {
    case Body::Length:
      if (received.size() - at_ < length_) return false;
      page_.body = received.substr(at_, length_);
      return true;
    case Body::Chunked:
      return read_chunks(received);
    case Body::ToEnd:
      if (ended) page_.body = received.substr(at_);
      return ended;
    case Body::Unknown:
      break;
  }
  return false;
}

Result<bool> HttpAnswer::read_head(std::string_view received) {
  const std::size_t end = received.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (received.size() > kMaxHead) return corrupt("the end of the head", received);
    return false;
  }
  std::string_view head = received.substr(0, end);
  const std::string_view line = head.substr(0, head.find("\r\n"));
  if (line.size() < 12 || line.substr(0, 7) != "HTTP/1." || line[8] != ' ')
    return corrupt("a status line", line);
  TK_TRY(const std::size_t status, number(line.substr(9, 3), 10, "a status"));
  page_.status = static_cast<int>(status);
  head.remove_prefix(line.size());
  while (!head.empty()) {
    head.remove_prefix(2);
    const std::string_view field = head.substr(0, head.find("\r\n"));
    TK_TRY_VOID(read_field(field));
    head.remove_prefix(field.size());
  }
  at_ = end + 4;
  const bool bodiless = page_.status == 204 || page_.status == 304;
  body_ = chunked_ ? Body::Chunked : (length_known_ || bodiless) ? Body::Length : Body::ToEnd;
  return true;
}

Status HttpAnswer::read_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return corrupt("a field", line);
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (is_field(name, "content-length")) {
    TK_TRY(length_, number(value, 10, "a length"));
    length_known_ = true;
  } else if (is_field(name, "transfer-encoding")) {
    if (!is_field(value, "chunked")) return corrupt("Transfer-Encoding chunked", value);
    chunked_ = true;
  }
  return ok_status();
}

Result<bool> HttpAnswer::read_chunks(std::string_view received) {
  for (;;) {
    const std::size_t line_end = received.find("\r\n", at_);
    if (line_end == std::string_view::npos) return false;
    std::string_view size_text = received.substr(at_, line_end - at_);
    size_text = trimmed(size_text.substr(0, size_text.find(';')));
    TK_TRY(const std::size_t size, number(size_text, 16, "a chunk's size"));
    if (size == 0) return true;  // trailers, if any, say nothing to us
    const std::size_t begin = line_end + 2;
    if (size > received.size() || received.size() - begin < size + 2) return false;
    page_.body += received.substr(begin, size);
    at_ = begin + size + 2;
  }
}

void get_page(Exchanger& exchanger,
              const std::string& address,
              std::uint16_t port,
              std::string_view path,
              Duration deadline,
              std::function<void(Result<EnginePage>)> done) {
  Result<std::string> request = encode_get(address, port, path);
  if (!request.ok()) return done(std::move(request).error());
  auto answer = std::make_shared<HttpAnswer>();
  Exchange exchange;
  exchange.address = address;
  exchange.port = port;
  exchange.request = *std::move(request);
  exchange.deadline = deadline;
  exchange.complete = [answer](std::string_view received, bool ended) {
    return answer->advance(received, ended);
  };
  exchanger.start(std::move(exchange),
                  [answer, done = std::move(done)](Result<std::string> received) {
                    if (!received.ok()) return done(std::move(received).error());
                    done(answer->take());
                  });
}

}  // namespace tusker
