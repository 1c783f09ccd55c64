#include "server/agents_endpoint.h"

#include <boost/json.hpp>

#include "base/encoding.h"

namespace tusker::server {

namespace {

constexpr std::size_t kMaxJoinBytes = 64 << 10;

HttpResponse text(int status, std::string_view message) {
  return HttpResponse(status, "text/plain", std::string(message) + "\n");
}

// A connected agent as control sees it.
class SocketLink final : public AgentLink {
 public:
  SocketLink(EventLoop& loop, std::unique_ptr<WebSocket> socket, std::function<void()> closed)
      : loop_(loop), socket_(std::move(socket)), closed_(std::move(closed)) {}

  void send(const link::ServerFrame& frame) override {
    socket_->send_binary(frame.SerializeAsString());
  }

  void close(std::string_view reason) override {
    socket_->close(1008, reason.substr(0, 120));
    loop_.post(closed_);  // close() silences the socket's own word of it
  }

  WebSocket& socket() { return *socket_; }

 private:
  EventLoop& loop_;
  std::unique_ptr<WebSocket> socket_;
  std::function<void()> closed_;
};

// What a joining machine sends. The network limited its size.
struct JoinBody {
  std::string token;
  std::string host_name;
  std::string signing_request;
  std::vector<std::string> routes;
};

Result<JoinBody> parse_join(const std::string& body) {
  boost::system::error_code failure;
  const boost::json::value value = boost::json::parse(body, failure);
  const Error bad(ErrorCode::InvalidArgument, "expected a JSON object with token, host_name, csr");
  if (failure || !value.is_object()) return bad;
  const boost::json::object& object = value.as_object();
  JoinBody join;
  const auto take = [&object](std::string_view key, std::string& into) {
    const boost::json::value* found = object.if_contains(key);
    if (found == nullptr || !found->is_string()) return false;
    into = std::string(found->as_string());
    return true;
  };
  if (!take("token", join.token) || !take("host_name", join.host_name) ||
      !take("csr", join.signing_request))
    return bad;
  if (const boost::json::value* routes = object.if_contains("routes");
      routes != nullptr && routes->is_array()) {
    for (const boost::json::value& route : routes->as_array()) {
      if (route.is_string()) join.routes.emplace_back(route.as_string());
    }
  }
  return join;
}

bool is_label(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  for (const char c : name) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.' || c == '_';
    if (!good) return false;
  }
  return true;
}

int status_of(const Error& error) {
  switch (error.code()) {
    case ErrorCode::InvalidArgument:
      return 400;
    case ErrorCode::PermissionDenied:
      return 403;
    case ErrorCode::ResourceExhausted:
      return 507;
    default:
      return 500;
  }
}

}  // namespace

AgentsEndpoint::AgentsEndpoint(Parts parts) : parts_(std::move(parts)) {}
AgentsEndpoint::~AgentsEndpoint() = default;

std::size_t AgentsEndpoint::body_limit(const HttpRequest& head) {
  return head.path == "/join" ? kMaxJoinBytes : 0;
}

void AgentsEndpoint::handle(HttpRequest request, Responder responder) {
  if (request.path == "/join") {
    if (request.method != "POST") return responder.send(text(405, "POST /join"));
    return join(request, responder);
  }
  const Result<HostId> host = host_of(request);
  if (!host.ok()) return responder.send(text(403, host.error().message()));
  static constexpr std::string_view kBlob = "/blob/";
  static constexpr std::string_view kStream = "/stream/";
  if (request.method != "GET") return responder.send(text(405, "GET only"));
  if (request.path.starts_with(kBlob))
    return send_blob(request.path.substr(kBlob.size()), responder);
  if (request.path == "/link" && request.wants_websocket()) return open_link(*host, responder);
  if (request.path.starts_with(kStream) && request.wants_websocket()) {
    const std::string id(request.path.substr(kStream.size()));
    if (!parts_.streams.agent_dialled(id, *host, responder))
      responder.send(text(404, "nobody waits for this stream"));
    return;
  }
  responder.send(text(404, "agents know /join, /link, /blob/DIGEST and /stream/ID"));
}

Result<HostId> AgentsEndpoint::host_of(const HttpRequest& request) const {
  if (!request.certificate)
    return Error(ErrorCode::PermissionDenied, "this port wants a host's certificate; join first");
  const PeerCertificate& shown = *request.certificate;
  if (shown.organization != parts_.authority.installation()) {
    return Error(ErrorCode::PermissionDenied, "the certificate is of another installation");
  }
  const store::Host* host = parts_.model.host(shown.common_name);
  if (host == nullptr)
    return Error(ErrorCode::PermissionDenied, "this host is not known here any more; join again");
  if (host->certificate_serial() != shown.serial) {
    return Error(ErrorCode::PermissionDenied, "this host has a newer certificate");
  }
  return HostId(shown.common_name);
}

void AgentsEndpoint::join(const HttpRequest& request, const Responder& responder) {
  const Result<JoinBody> body = parse_join(request.body);
  if (!body.ok()) return responder.send(text(400, body.error().message()));
  if (!parts_.authority.is_join_token(body->token)) {
    parts_.log.warn("host.join_refused", {{"peer", request.peer}, {"reason", "wrong token"}});
    return responder.send(text(403, "the join token is not this installation's"));
  }
  if (!is_label(body->host_name)) return responder.send(text(400, "host_name is not a host name"));

  // The certificate names the id that the row will get, so the id is made here and the row after
  // it.
  const HostId id = make_host_id(parts_.random);
  const Result<Authority::HostCertificate> certificate = parts_.authority.sign_host(
      body->signing_request, id.text(), parts_.loop.wall(), parts_.random);
  if (!certificate.ok()) return responder.send(text(400, certificate.error().message()));
  JoinRequest join;
  join.name = body->host_name;
  join.certificate_serial = certificate->serial;
  join.facts.set_hostname(body->host_name);
  for (const std::string& route : body->routes) join.facts.add_routes(route);
  const Result<store::Host> host = parts_.controller.join_host(id, join);
  if (!host.ok()) return responder.send(text(status_of(host.error()), host.error().message()));

  boost::json::object answer;
  answer["host_id"] = id.text();
  answer["certificate"] = certificate->pem;
  answer["ca"] = parts_.authority.authority_pem();
  answer["installation"] = parts_.authority.installation();
  parts_.journal.when_durable(parts_.journal.current(),
                              [responder, reply = boost::json::serialize(answer)] {
                                responder.send(HttpResponse(200, "application/json", reply));
                              });
}

void AgentsEndpoint::send_blob(std::string_view digest, const Responder& responder) {
  if (!is_digest(digest))
    return responder.send(text(400, "a blob is named sha256: and 64 hex digits"));
  if (const store::FileContent* file = parts_.model.file(digest)) {
    return responder.send(HttpResponse(200, "application/octet-stream", file->content()));
  }
  // A digest has no slash and no dot, so it cannot lead out of the folder.
  responder.send(
      HttpResponse::file(parts_.blobs + "/" + std::string(digest), "application/octet-stream"));
}

void AgentsEndpoint::open_link(const HostId& host, const Responder& responder) {
  WebSocketOptions options;
  options.max_message_bytes = 16 << 20;
  options.max_buffered_bytes = 64 << 20;
  const std::weak_ptr<bool> alive = alive_;
  responder.accept_websocket(options, [this, alive, host](std::unique_ptr<WebSocket> socket) {
    if (alive.expired()) return;
    auto connection = std::make_shared<std::optional<AgentConnection>>();
    const auto closed = [this, alive, connection] {
      if (!alive.expired() && connection->has_value()) parts_.controller.agent_closed(**connection);
    };
    auto link = std::make_unique<SocketLink>(parts_.loop, std::move(socket), closed);
    WebSocket& borrowed = link->socket();
    Result<AgentConnection> connected = parts_.controller.agent_connected(host, std::move(link));
    if (!connected.ok())
      return;  // forgotten between request and answer; the link is gone and closed
    *connection = *connected;

    WebSocketHandlers handlers;
    handlers.on_message = [this, connection](std::string_view message, bool) {
      link::AgentFrame frame;
      if (!frame.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
        parts_.log.warn("agent.frame_unreadable", {{"bytes", message.size()}});
        return;
      }
      if (frame.has_stream_end()) {
        parts_.streams.agent_refused(frame.stream_end());
        return;
      }
      parts_.controller.agent_frame(**connection, frame);
    };
    handlers.on_close = [closed](const WebSocketClose&) { closed(); };
    borrowed.start(std::move(handlers));
  });
}

}  // namespace tusker::server
