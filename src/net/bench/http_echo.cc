// A server that answers every request with the same bytes: what net itself costs, without an API
// behind it.
//
//   http_echo PORT BODY_BYTES     then: wrk -c16 -t1 -d5 http://127.0.0.1:PORT/

#include <signal.h>

#include <charconv>
#include <cstring>
#include <string>

#include "net/event_loop.h"
#include "net/http_server.h"

namespace {

class Same final : public tusker::HttpHandler {
 public:
  explicit Same(std::size_t size) : body_(size, 'x') {}
  void handle(tusker::HttpRequest, tusker::Responder responder) override {
    responder.send(tusker::HttpResponse(200, "application/json", body_));
  }

 private:
  std::string body_;
};

template <typename Number>
Number number(const char* text) {
  Number value = 0;
  std::from_chars(text, text + std::strlen(text), value);
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: http_echo PORT BODY_BYTES\n");
    return 2;
  }
  tusker::EventLoop loop;
  Same handler(number<std::size_t>(argv[2]));
  tusker::HttpServerOptions options;
  options.port = number<std::uint16_t>(argv[1]);
  const auto server = tusker::HttpServer::listen(loop, options, handler, tusker::Log::to_stderr());
  if (!server.ok()) {
    fmt::print(stderr, "{}\n", server.error().message());
    return 1;
  }
  loop.on_signal({SIGTERM, SIGINT}, [&loop](int) { loop.stop(); });
  fmt::print("http://127.0.0.1:{}/\n", (*server)->port());
  loop.run();
}
