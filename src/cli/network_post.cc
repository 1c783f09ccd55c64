#include "cli/api_client.h"
#include "net/http_client.h"

namespace tusker::cli {

namespace {

constexpr std::size_t kLargestAnswer = 64 << 20;

Result<HttpOutcome> post(const HttpExchange& exchange) {
  HttpCall call;
  call.method = "POST";
  call.host = exchange.host;
  call.port = exchange.port;
  call.headers = exchange.headers;
  call.body = exchange.body;
  call.timeout = exchange.timeout;
  call.connect_timeout = std::min<Duration>(exchange.timeout, std::chrono::seconds(10));
  call.max_body_bytes = kLargestAnswer;
  TK_TRY(HttpReply reply, fetch(std::move(call)));
  return HttpOutcome{.status = reply.status, .body = std::move(reply.body)};
}

}  // namespace

HttpPost network_post() {
  return post;
}

}  // namespace tusker::cli
