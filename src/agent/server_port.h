#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "agent/identity.h"
#include "base/result.h"
#include "net/http_client.h"
#include "net/tls.h"

namespace tusker {

// The server's port for agents: where it is and how it is trusted.
struct ServerPort {
  std::string host;
  std::uint16_t port = 0;
  std::shared_ptr<const TlsContext> tls;

  // As a host that has joined: mutual TLS. InvalidArgument: `address` is not host:port.
  static Result<ServerPort> of(const std::string& address, const AgentIdentity& identity);
  // As a machine that has not: the server is known by the fingerprint of its authority.
  static Result<ServerPort> to_join(const std::string& address,
                                    const std::string& authority_fingerprint);

  HttpCall call(std::string target) const;
};

}  // namespace tusker
