#pragma once

#include <functional>
#include <utility>

#include "net/http_server.h"

namespace tusker {

// A handler made of functions, for tests. By default it echoes the body, and refuses as HttpHandler
// does.
class FunctionHandler final : public HttpHandler {
 public:
  std::function<void(HttpRequest, Responder)> on_request = [](HttpRequest request,
                                                              const Responder& responder) {
    responder.send(HttpResponse(200, "text/plain", std::move(request.body)));
  };
  std::function<HttpResponse(const HttpRequest*, const HttpRefusal&)> on_refuse;
  std::size_t limit = 1 << 20;

  std::size_t body_limit(const HttpRequest&) override { return limit; }
  void handle(HttpRequest request, Responder responder) override {
    on_request(std::move(request), std::move(responder));
  }
  HttpResponse refuse(const HttpRequest* head, const HttpRefusal& refusal) override {
    return on_refuse ? on_refuse(head, refusal) : HttpHandler::refuse(head, refusal);
  }
};

}  // namespace tusker
