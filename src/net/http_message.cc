#include "net/http_message.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "net/request_head.h"

namespace tusker {

namespace {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return lower(x) == lower(y);
         });
}

HttpRequest HttpRequest::make(std::string_view method,
                              std::string_view target,
                              std::initializer_list<HttpHeader> headers,
                              std::string body) {
  std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\n";
  bool host = false;
  for (const HttpHeader& header : headers) {
    host |= equal_ignoring_case(header.name, "host");
    text += std::string(header.name) + ": " + std::string(header.value) + "\r\n";
  }
  if (!host) text += "Host: localhost\r\n";
  RequestHead head;
  const auto refusal = parse_request_head(text + "\r\n", head);
  TK_CHECK(!refusal, "not a request: {}", refusal->message);
  head.request.body = std::move(body);
  head.request.peer = "127.0.0.1:1";
  return std::move(head.request);
}

std::string_view HttpRequest::header(std::string_view name) const {
  for (const HttpHeader& each : headers) {
    if (equal_ignoring_case(each.name, name)) return each.value;
  }
  return {};
}

bool HttpRequest::has_header(std::string_view name) const {
  return std::any_of(headers.begin(), headers.end(), [name](const HttpHeader& each) {
    return equal_ignoring_case(each.name, name);
  });
}

HttpResponse HttpResponse::file(std::string path, std::string content_type) {
  HttpResponse response;
  response.content_type = std::move(content_type);
  response.file_path = std::move(path);
  return response;
}

HttpResponse HttpResponse::stream(std::string content_type,
                                  std::shared_ptr<BodySource> source,
                                  std::optional<std::uint64_t> length) {
  HttpResponse response;
  response.content_type = std::move(content_type);
  response.source = std::move(source);
  response.source_length = length;
  return response;
}

std::string_view HttpReply::header(std::string_view name) const {
  for (const auto& [each, value] : headers) {
    if (equal_ignoring_case(each, name)) return value;
  }
  return {};
}

}  // namespace tusker
