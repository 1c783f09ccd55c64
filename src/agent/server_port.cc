#include "agent/server_port.h"

namespace tusker {
namespace {

// What the port's certificate is for, whatever address it is dialled by; the server's authority.cc
// issues it.
constexpr const char* kServerName = "agents.tusker.internal";

Result<ServerPort> make(const std::string& address, TlsClientOptions options) {
  const Result<HttpUrl> url = parse_url("https://" + address);
  if (!url.ok() || url->target != "/") {
    return Error::make(ErrorCode::InvalidArgument,
                       "server: expected HOST:PORT of its port for agents, found '{:.100}'",
                       address);
  }
  options.server_name = kServerName;
  ServerPort port{url->host, url->port, nullptr};
  TK_TRY(port.tls, TlsContext::client(options));
  return port;
}

}  // namespace

Result<ServerPort> ServerPort::of(const std::string& address, const AgentIdentity& identity) {
  TlsClientOptions options;
  options.identity = identity.tls;
  options.ca_pem = identity.ca_pem;
  return make(address, std::move(options));
}

Result<ServerPort> ServerPort::to_join(const std::string& address,
                                       const std::string& authority_fingerprint) {
  TlsClientOptions options;
  options.pinned_fingerprint = authority_fingerprint;
  return make(address, std::move(options));
}

HttpCall ServerPort::call(std::string target) const {
  HttpCall call;
  call.host = host;
  call.port = port;
  call.target = std::move(target);
  call.tls = tls;
  return call;
}

}  // namespace tusker
