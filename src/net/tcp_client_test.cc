#include "net/tcp_client.h"

#include <gtest/gtest.h>

#include <optional>

#include "net/event_loop.h"
#include "net/testing/function_handler.h"

namespace tusker {
namespace {

using std::chrono::seconds;

// The other side is our HTTP server: it answers bytes with bytes, and ends after the last answer.
class TcpClientTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server = HttpServer::listen(loop_, {}, handler_, Log::none());
    ASSERT_TRUE(server.ok()) << server.error().message();
    server_ = *std::move(server);
  }

  void connect(std::uint16_t port) {
    client_ = std::make_unique<TcpClient>(
        loop_,
        "127.0.0.1",
        port,
        seconds(5),
        TcpHandlers{.on_bytes = [this](std::string_view bytes) { got_ += bytes; },
                    .on_sent = [this](std::size_t bytes) { sent_ += bytes; },
                    .on_end = [this](const Status& status) { end_ = status; }});
  }
  bool turn_until(const std::function<bool()>& done) { return loop_.run_until(done, seconds(10)); }

  EventLoop loop_;
  FunctionHandler handler_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<TcpClient> client_;
  std::string got_;
  std::size_t sent_ = 0;
  std::optional<Status> end_;
};

const std::string kLastGet = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

TEST_F(TcpClientTest, CarriesBytesBothWaysAndTellsTheEnd) {
  connect(server_->port());
  client_->send(kLastGet.substr(0, 10));  // before the connection stands
  client_->send(kLastGet.substr(10));
  ASSERT_TRUE(turn_until([&] { return end_.has_value(); }));
  EXPECT_TRUE(end_->ok());
  EXPECT_TRUE(got_.starts_with("HTTP/1.1 200")) << got_;
  EXPECT_EQ(sent_, kLastGet.size());
}

TEST_F(TcpClientTest, ReadsNothingWhileItIsPaused) {
  const std::string big(20 << 20, 'x');
  handler_.on_request = [&](HttpRequest, Responder responder) {
    responder.send(HttpResponse(200, "text/plain", big));
  };
  connect(server_->port());
  client_->pause();
  client_->send(kLastGet);
  ASSERT_TRUE(turn_until([&] { return sent_ == kLastGet.size(); }));
  EXPECT_EQ(got_, "");
  client_->resume();
  ASSERT_TRUE(turn_until([&] { return end_.has_value(); }));
  EXPECT_TRUE(got_.ends_with(big));
}

TEST_F(TcpClientTest, SaysWhyThereIsNoConnection) {
  const std::uint16_t nobody = server_->port();
  server_.reset();
  connect(nobody);
  ASSERT_TRUE(turn_until([&] { return end_.has_value(); }));
  EXPECT_EQ(end_->error().code(), ErrorCode::Unavailable);
  EXPECT_NE(end_->error().message().find("refused"), std::string::npos) << end_->error().message();
}

TEST_F(TcpClientTest, MayBeDestroyedByWhatItCalls) {
  client_ = std::make_unique<TcpClient>(
      loop_,
      "127.0.0.1",
      server_->port(),
      seconds(5),
      TcpHandlers{.on_bytes =
                      [this](std::string_view) {
                        client_.reset();
                        got_ = "reset";
                      },
                  .on_sent = [](std::size_t) {},
                  .on_end = [this](const Status& status) { end_ = status; }});
  client_->send(kLastGet);
  ASSERT_TRUE(turn_until([&] { return got_ == "reset"; }));
  EXPECT_FALSE(end_.has_value());
}

}  // namespace
}  // namespace tusker
