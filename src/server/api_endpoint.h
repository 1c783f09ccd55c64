#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/service.h"
#include "control/journal.h"
#include "net/http_server.h"
#include "server/pages_endpoint.h"
#include "server/stream_relay.h"

namespace tusker::server {

// The public port: carries requests to the API and its answers back, each when the commit it was
// made from is durable; those for a host of service pages go there. Loop thread only; all that it
// is given outlives it.
class ApiEndpoint final : public HttpHandler {
 public:
  struct Parts {
    api::ApiService& service;
    Journal& journal;
    StreamRelay& streams;
    PagesEndpoint& pages;
    std::function<std::string()> metrics;  // the text of GET /metrics
    std::string metrics_token;             // what who asks for it presents as a bearer
  };

  explicit ApiEndpoint(Parts parts) : parts_(std::move(parts)) {}

  std::size_t body_limit(const HttpRequest& head) override;
  void handle(HttpRequest request, Responder responder) override;
  HttpResponse refuse(const HttpRequest* head, const HttpRefusal& refusal) override;

 private:
  void open_stream(const api::ApiRequest& request, const Responder& responder);
  void send_metrics(const HttpRequest& request, const Responder& responder);
  void send(api::ApiReply reply, const Responder& responder);

  Parts parts_;
};

}  // namespace tusker::server
