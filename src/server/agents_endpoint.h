#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "control/controller.h"
#include "control/journal.h"
#include "model/model.h"
#include "net/event_loop.h"
#include "net/http_server.h"
#include "server/authority.h"
#include "server/stream_relay.h"

namespace tusker::server {

// What agents reach, on a port of its own under TLS: POST /join with the token; everything else
// with a certificate of this installation: GET /blob/DIGEST, upgrades /link and /stream/ID. Loop
// thread only; all that it is given outlives it.
class AgentsEndpoint final : public HttpHandler {
 public:
  struct Parts {
    EventLoop& loop;
    Model& model;
    Journal& journal;
    Controller& controller;
    StreamRelay& streams;
    const Authority& authority;
    Random& random;
    std::string blobs;  // folder of files named by digest
    Log log;
  };

  explicit AgentsEndpoint(Parts parts);
  ~AgentsEndpoint() override;

  std::size_t body_limit(const HttpRequest& head) override;
  void handle(HttpRequest request, Responder responder) override;

 private:
  void join(const HttpRequest& request, const Responder& responder);
  void send_blob(std::string_view digest, const Responder& responder);
  void open_link(const HostId& host, const Responder& responder);
  Result<HostId> host_of(const HttpRequest& request) const;

  Parts parts_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tusker::server
