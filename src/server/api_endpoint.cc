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

ApiEndpoint::ApiEndpoint(api::ApiService& service, Journal& journal, StreamRelay& streams)
    : service_(service), journal_(journal), streams_(streams) {}

std::size_t ApiEndpoint::body_limit(const HttpRequest& head) {
  if (head.method == "GET")
    return 0;  // of other methods the body is read, so that they get their documented error
  return head.header("Content-Type").starts_with("application/x-www-form-urlencoded")
             ? kMaxFormBytes
             : kMaxJsonBytes;
}

void ApiEndpoint::handle(HttpRequest request, Responder responder) {
  std::vector<api::Header> headers;
  const api::ApiRequest call = to_api(request, headers);
  if (request.path == "/stream" && request.wants_websocket()) return open_stream(call, responder);
  service_.handle(call,
                  [this, responder](api::ApiReply reply) { send(std::move(reply), responder); });
}

void ApiEndpoint::send(api::ApiReply reply, const Responder& responder) {
  const CommitNumber number{reply.after_commit};
  if (number <= journal_.durable()) return responder.send(to_response(std::move(reply)));
  auto held = std::make_shared<api::ApiReply>(std::move(reply));
  journal_.when_durable(number,
                        [responder, held] { responder.send(to_response(std::move(*held))); });
}

void ApiEndpoint::open_stream(const api::ApiRequest& request, const Responder& responder) {
  Result<api::NodeStream> wanted = service_.open_stream(request);
  if (!wanted.ok()) return send(service_.reply_for(wanted.error()), responder);
  streams_.open(
      HostId(wanted->host_id),
      std::move(wanted->ask),
      responder,
      [this, responder](const Error& error) { send(service_.reply_for(error), responder); });
}

HttpResponse ApiEndpoint::refuse(const HttpRequest* head, const HttpRefusal& refusal) {
  // Clients of this API take any status but 200 for a fault of the network; only what is not even
  // HTTP gets one.
  if (head == nullptr) return HttpHandler::refuse(head, refusal);
  Error error(ErrorCode::InvalidArgument, refusal.message);
  if (refusal.kind == HttpRefusal::Kind::BodyTooLarge) {
    error = Error(ErrorCode::InvalidArgument, refusal.message)
                .with_api_code("RequestSizeLimitExceeded");
  }
  return to_response(service_.reply_for(error));
}

}  // namespace tusker::server
