#pragma once

// For src/net only: opening a connection as a client.

#include <functional>
#include <memory>
#include <string>

#include "net/event_loop.h"
#include "net/http_client.h"
#include "net/socket.h"

namespace tusker {

// Resolves the name, tries its addresses one after another, and does the TLS handshake. `done` is
// called once, later, unless close() comes first. It has no deadline: close() ends it.
class Dial final : public std::enable_shared_from_this<Dial> {
 public:
  using Done = std::function<void(Result<std::shared_ptr<Socket>>)>;

  Dial(EventLoop& loop, const HttpCall& call, Done done);
  ~Dial();
  void start();
  void close();

 private:
  struct Parts;

  void connect();
  void connected();
  void handshake();
  void finish(Result<std::shared_ptr<Socket>> result);

  const std::string host_;
  const std::uint16_t port_;
  const std::shared_ptr<const TlsContext> tls_;
  Done done_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tusker
