#include "server/api_endpoint.h"

#include <vector>

namespace tusker::server {

namespace {

// docs/reference/wire-protocol.md 1.
constexpr std::size_t kMaxJsonBytes = 10 << 20;
constexpr std::size_t kMaxFormBytes = 1 << 20;

HttpResponse to_response(api::ApiReply reply) {
  HttpResponse response(reply.status, "", std::move(reply.body));
  for (const auto& [name, value] : reply.headers) {
    if (equal_ignoring_case(name, "Content-Type")) {
      response.content_type = value;
    } else {
      response.headers.emplace_back(name, value);
    }
  }
  return response;
}

// Borrows from `request`; `headers` holds the list.
api::ApiRequest to_api(const HttpRequest& request, std::vector<api::Header>& headers) {
  headers.reserve(request.headers.size());
  for (const HttpHeader& header : request.headers) headers.push_back({header.name, header.value});
  api::ApiRequest made;
  made.method = request.method;
  made.path = request.path;
  made.query = request.query;
  made.headers = headers;
  made.body = request.body;
  made.peer = std::string_view(request.peer).substr(0, request.peer.rfind(':'));
  return made;
}

}  // namespace

std::size_t ApiEndpoint::body_limit(const HttpRequest& head) {
  if (head.method == "GET" || PagesEndpoint::is_for_pages(head))
    return 0;  // of other methods the body is read, so that they get their documented error
  return head.header("Content-Type").starts_with("application/x-www-form-urlencoded")
             ? kMaxFormBytes
             : kMaxJsonBytes;
}

void ApiEndpoint::handle(HttpRequest request, Responder responder) {
  if (PagesEndpoint::is_for_pages(request)) return parts_.pages.handle(request, responder);
  std::vector<api::Header> headers;
  const api::ApiRequest call = to_api(request, headers);
  if (request.path == "/stream" && request.wants_websocket()) return open_stream(call, responder);
  if (request.path == "/metrics" && request.method == "GET")
    return send_metrics(request, responder);
  parts_.service.handle(
      call, [this, responder](api::ApiReply reply) { send(std::move(reply), responder); });
}

void ApiEndpoint::send_metrics(const HttpRequest& request, const Responder& responder) {
  constexpr std::string_view kScheme = "Bearer ";
  std::string_view presented = request.header("Authorization");
  const bool bearer = presented.starts_with(kScheme);
  if (bearer) presented.remove_prefix(kScheme.size());
  if (!bearer || !equal_constant_time(presented, parts_.metrics_token)) {
    HttpResponse response(401,
                          "text/plain; charset=utf-8",
                          "present the line of server/metrics-token in the data folder as a bearer "
                          "token\n");
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return responder.send(std::move(response));
  }
  parts_.journal.when_durable(parts_.journal.current(), [text = parts_.metrics(), responder] {
    responder.send(HttpResponse(200, "text/plain; version=0.0.4; charset=utf-8", text));
  });
}

void ApiEndpoint::send(api::ApiReply reply, const Responder& responder) {
  const CommitNumber number{reply.after_commit};
  if (number <= parts_.journal.durable()) return responder.send(to_response(std::move(reply)));
  auto held = std::make_shared<api::ApiReply>(std::move(reply));
  parts_.journal.when_durable(number,
                              [responder, held] { responder.send(to_response(std::move(*held))); });
}

void ApiEndpoint::open_stream(const api::ApiRequest& request, const Responder& responder) {
  Result<api::NodeStream> wanted = parts_.service.open_stream(request);
  if (!wanted.ok()) return send(parts_.service.reply_for(wanted.error()), responder);
  parts_.streams.open(
      HostId(wanted->host_id),
      std::move(wanted->ask),
      std::move(wanted->secret_id),
      responder,
      [this, responder](const Error& error) { send(parts_.service.reply_for(error), responder); });
}

HttpResponse ApiEndpoint::refuse(const HttpRequest* head, const HttpRefusal& refusal) {
  // Clients of this API take any status but 200 for a fault of the network; only what is not even
  // HTTP gets one.
  if (head == nullptr || PagesEndpoint::is_for_pages(*head))
    return HttpHandler::refuse(head, refusal);
  Error error(ErrorCode::InvalidArgument, refusal.message);
  if (refusal.kind == HttpRefusal::Kind::BodyTooLarge) {
    error = Error(ErrorCode::InvalidArgument, refusal.message)
                .with_api_code("RequestSizeLimitExceeded");
  }
  return to_response(parts_.service.reply_for(error));
}

}  // namespace tusker::server
