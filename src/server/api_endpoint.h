#pragma once

#include <memory>

#include "api/service.h"
#include "control/journal.h"
#include "net/http_server.h"
#include "server/stream_relay.h"

namespace tusker::server {

// The public port: carries requests to the API and its answers back, each when the commit it was
// made from is durable. Loop thread only; all that it is given outlives it.
class ApiEndpoint final : public HttpHandler {
 public:
  ApiEndpoint(api::ApiService& service, Journal& journal, StreamRelay& streams);

  std::size_t body_limit(const HttpRequest& head) override;
  void handle(HttpRequest request, Responder responder) override;
  HttpResponse refuse(const HttpRequest* head, const HttpRefusal& refusal) override;

 private:
  void open_stream(const api::ApiRequest& request, const Responder& responder);
  void send(api::ApiReply reply, const Responder& responder);

  api::ApiService& service_;
  Journal& journal_;
  StreamRelay& streams_;
};

}  // namespace tusker::server
