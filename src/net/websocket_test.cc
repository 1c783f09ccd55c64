#include "net/websocket.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "net/event_loop.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/testing/function_handler.h"
#include "net/testing/raw_client.h"
#include "net/testing/test_certificates.h"
#include "net/tls.h"

namespace tusker {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// One end, and what came to it.
struct End {
  std::unique_ptr<WebSocket> socket;
  std::vector<std::string> messages;
  std::optional<WebSocketClose> closed;
  int drained = 0;

  void start() {
    socket->start({[this](std::string_view message, bool binary) {
                     messages.push_back((binary ? "b:" : "t:") + std::string(message));
                   },
                   [this](const WebSocketClose& close) { closed = close; },
                   [this] { ++drained; }});
  }
};

// Runs every test over plain TCP and over TLS.
class WebSocketTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (!GetParam()) return;
    TlsServerOptions options;
    options.identity = certificates_.server();
    options.clients = ClientCertificates::Required;
    options.client_ca_pem = certificates_.ca_pem();
    server_options_.tls = TestCertificates::must(TlsContext::server(options));
    TlsClientOptions trusting;
    trusting.ca_pem = certificates_.ca_pem();
    trusting.identity = certificates_.client("host-1");
    trust_ = TestCertificates::must(TlsContext::client(trusting));
  }
  void listen() {
    handler_.on_request = [this](HttpRequest request, const Responder& responder) {
      if (!request.wants_websocket() || request.path != "/link")
        return responder.send(HttpResponse(403, "text/plain", "not here"));
      certificate_ = request.certificate;
      responder.accept_websocket(far_options_, [this](std::unique_ptr<WebSocket> socket) {
        far_.socket = std::move(socket);
        if (start_far_) far_.start();
      });
    };
    server_ =
        TestCertificates::must(HttpServer::listen(loop_, server_options_, handler_, Log::none()));
  }
  HttpCall call() {
    if (!server_) listen();
    HttpCall out;
    out.host = "127.0.0.1";
    out.port = server_->port();
    out.tls = trust_;
    out.target = "/link";
    return out;
  }
  Result<WebSocketAnswer> dial(HttpCall made) {
    std::optional<Result<WebSocketAnswer>> result;
    const PendingCall pending = connect_websocket(
        loop_, std::move(made), near_options_, [&](Result<WebSocketAnswer> answer) {
          result.emplace(std::move(answer));
        });
    EXPECT_TRUE(turn_until([&] { return result.has_value(); }));
    return *std::move(result);
  }
  void connect() {
    auto answer = dial(call());
    ASSERT_TRUE(answer.ok()) << answer.error().message();
    ASSERT_TRUE(answer->socket);
    near_.socket = std::move(answer->socket);
    near_.start();
    ASSERT_TRUE(turn_until([&] { return far_.socket != nullptr; }));
  }
  bool turn_until(const std::function<bool()>& done) { return loop_.run_until(done, seconds(10)); }

  EventLoop loop_;
  TestCertificates certificates_;
  FunctionHandler handler_;
  HttpServerOptions server_options_;
  WebSocketOptions near_options_;
  WebSocketOptions far_options_;
  std::shared_ptr<const TlsContext> trust_;
  std::shared_ptr<const PeerCertificate> certificate_;
  bool start_far_ = true;
  std::unique_ptr<HttpServer> server_;
  End near_;
  End far_;
};

INSTANTIATE_TEST_SUITE_P(Over, WebSocketTest, testing::Bool(), [](const auto& tested) {
  return tested.param ? "Tls" : "Tcp";
});

TEST_P(WebSocketTest, CarriesMessagesBothWaysInOrder) {
  connect();
  near_.socket->send_binary("one");
  near_.socket->send_text("two");
  near_.socket->send_binary("");
  far_.socket->send_binary("back");
  ASSERT_TRUE(turn_until([&] { return far_.messages.size() == 3 && near_.messages.size() == 1; }));
  EXPECT_EQ(far_.messages, (std::vector<std::string>{"b:one", "t:two", "b:"}));
  EXPECT_EQ(near_.messages, (std::vector<std::string>{"b:back"}));
  EXPECT_EQ(near_.socket->buffered(), 0U);
  EXPECT_EQ(server_->connections(), 0U) << "a WebSocket is its owner's";
  EXPECT_EQ(GetParam(), certificate_ != nullptr);
  EXPECT_EQ(GetParam(), far_.socket->certificate() != nullptr);
  EXPECT_TRUE(far_.socket->peer().starts_with("127.0.0.1:"));
}

TEST_P(WebSocketTest, CarriesLargeMessages) {
  near_options_.max_buffered_bytes = far_options_.max_buffered_bytes = 32 << 20;
  connect();
  std::string large(4 << 20, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 7 >> 3);
  near_.socket->send_binary(large);
  far_.socket->send_binary(large);
  ASSERT_TRUE(turn_until([&] { return far_.messages.size() == 1 && near_.messages.size() == 1; }));
  EXPECT_TRUE(far_.messages[0] == "b:" + large);
  EXPECT_TRUE(near_.messages[0] == "b:" + large);
  EXPECT_TRUE(turn_until([&] { return near_.drained > 0; }));
}

TEST_P(WebSocketTest, ClosesWithCodeAndReason) {
  connect();
  near_.socket->send_binary("last");
  near_.socket->close(4001, "newer connection");
  ASSERT_TRUE(turn_until([&] { return far_.closed.has_value(); }));
  EXPECT_EQ(far_.messages.size(), 1U);
  EXPECT_EQ(far_.closed->code, 4001);
  EXPECT_EQ(far_.closed->reason, "newer connection");
  EXPECT_FALSE(near_.closed) << "who closes is not told";
  EXPECT_FALSE(far_.socket->open());
  far_.socket->send_binary("ignored");
}

TEST_P(WebSocketTest, ClosesWhenDestroyedEvenInAHandler) {
  connect();
  near_.socket->send_binary("x");
  ASSERT_TRUE(turn_until([&] { return far_.messages.size() == 1; }));
  End third;
  auto answer = dial(call());
  near_.socket = nullptr;
  near_.socket = std::move(answer->socket);
  near_.socket->start({[this](std::string_view, bool) { near_.socket.reset(); }, nullptr, nullptr});
  ASSERT_TRUE(turn_until([&] { return far_.socket && far_.socket->open(); }));
  far_.closed.reset();
  far_.socket->send_binary("go");
  ASSERT_TRUE(turn_until([&] { return far_.closed.has_value(); }));
  EXPECT_EQ(far_.closed->code, 1001);
}

TEST_P(WebSocketTest, ClosesOnAMessageThatIsTooLarge) {
  far_options_.max_message_bytes = 1000;
  connect();
  near_.socket->send_binary(std::string(1000, 'x'));
  near_.socket->send_binary(std::string(1001, 'x'));
  ASSERT_TRUE(turn_until([&] { return far_.closed && near_.closed; }));
  EXPECT_EQ(far_.messages.size(), 1U);
  EXPECT_EQ(far_.closed->code, 1009);
}

TEST_P(WebSocketTest, DeliversNothingWhilePaused) {
  connect();
  near_.socket->send_binary("one");
  ASSERT_TRUE(turn_until([&] { return far_.messages.size() == 1; }));
  far_.socket->pause();
  near_.socket->send_binary("two");
  near_.socket->send_binary("three");
  far_.socket->send_binary("still talking");
  ASSERT_TRUE(
      turn_until([&] { return near_.messages.size() == 1 && near_.socket->buffered() == 0; }));
  EXPECT_EQ(far_.messages.size(), 1U);
  far_.socket->resume();
  ASSERT_TRUE(turn_until([&] { return far_.messages.size() == 3; }));
  EXPECT_EQ(far_.messages.back(), "b:three");
}

TEST_P(WebSocketTest, FillsTheSendersBufferWhilePausedAndDrainsAfterwards) {
  near_options_.max_buffered_bytes = 64 << 20;
  connect();
  far_.socket->pause();
  const std::string piece(1 << 20, 'x');
  for (int i = 0; i < 20; ++i) near_.socket->send_binary(piece);
  bool looked = false;
  const Timer look = loop_.after(milliseconds(20), [&] { looked = true; });
  ASSERT_TRUE(turn_until([&] { return looked; }));
  EXPECT_GT(near_.socket->buffered(), 8U << 20);
  far_.socket->resume();
  ASSERT_TRUE(
      turn_until([&] { return far_.messages.size() == 20 && near_.socket->buffered() == 0; }));
}

TEST_P(WebSocketTest, ClosesWhenTheOtherSideTakesTooLittle) {
  near_options_.max_buffered_bytes = 4 << 20;
  start_far_ = false;
  connect();
  for (int i = 0; i < 20 && !near_.closed; ++i)
    near_.socket->send_binary(std::string(1 << 20, 'x'));
  EXPECT_FALSE(near_.closed) << "not within a call of its own";
  ASSERT_TRUE(turn_until([&] { return near_.closed.has_value(); }));
  EXPECT_EQ(near_.closed->code, 1006);
  EXPECT_EQ(near_.socket->open(), false);
}

TEST_P(WebSocketTest, StaysOpenInSilenceByPings) {
  near_options_.ping_after = milliseconds(10);
  near_options_.silence_limit = milliseconds(2000);
  connect();
  bool over = false;
  const Timer later = loop_.after(milliseconds(100), [&] { over = true; });
  ASSERT_TRUE(turn_until([&] { return over; }));
  EXPECT_TRUE(near_.socket->open());
  EXPECT_TRUE(far_.socket->open());
}

TEST_P(WebSocketTest, ClosesWhenNothingIsHeardForTooLong) {
  near_options_.ping_after = milliseconds(10);
  near_options_.silence_limit = milliseconds(40);
  start_far_ = false;  // an end that does not read answers no pings
  connect();
  ASSERT_TRUE(turn_until([&] { return near_.closed.has_value(); }));
  EXPECT_EQ(near_.closed->code, 1006);
}

TEST_P(WebSocketTest, OfAPausedReaderIsNotTakenForDead) {
  near_options_.silence_limit = milliseconds(400);
  near_options_.ping_after = milliseconds(100);
  far_options_.ping_after = milliseconds(20);
  connect();
  far_.socket->pause();
  bool over = false;
  const Timer later = loop_.after(milliseconds(1000), [&] { over = true; });
  ASSERT_TRUE(turn_until([&] { return over || near_.closed; }));
  EXPECT_FALSE(near_.closed);
}

TEST_P(WebSocketTest, TellsWhatAServerAnsweredThatRefused) {
  HttpCall made = call();
  made.target = "/elsewhere";
  const auto answer = dial(std::move(made));
  ASSERT_TRUE(answer.ok()) << answer.error().message();
  EXPECT_EQ(answer->socket, nullptr);
  EXPECT_EQ(answer->refusal.status, 403);
  EXPECT_EQ(answer->refusal.body, "not here");
}

TEST_P(WebSocketTest, MayBeAcceptedLater) {
  std::optional<Responder> kept;
  HttpCall made = call();
  handler_.on_request = [&](HttpRequest, Responder responder) { kept = std::move(responder); };
  std::optional<Result<WebSocketAnswer>> result;
  const PendingCall pending =
      connect_websocket(loop_, std::move(made), near_options_, [&](Result<WebSocketAnswer> answer) {
        result.emplace(std::move(answer));
      });
  ASSERT_TRUE(turn_until([&] { return kept.has_value(); }));
  std::exchange(kept, std::nullopt)
      ->accept_websocket(far_options_, [this](std::unique_ptr<WebSocket> socket) {
        far_.socket = std::move(socket);
      });
  ASSERT_TRUE(turn_until([&] { return result && far_.socket; }));
  EXPECT_TRUE((*result)->socket);
}

constexpr const char* kHandshake =
    "GET /link HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: "
    "Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
    "dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

using RawWebSocketTest = WebSocketTest;
INSTANTIATE_TEST_SUITE_P(Over, RawWebSocketTest, testing::Values(false), [](const auto&) {
  return "Tcp";
});

TEST_P(RawWebSocketTest, AnswersTheHandshakeOfTheStandard) {
  listen();
  RawClient client(loop_, server_->port());
  client.send(kHandshake);
  const std::string& answer = client.receive_until("\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 ")) << answer;
  EXPECT_NE(answer.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos) << answer;
}

TEST_P(RawWebSocketTest, NoticesThatTheOtherSideIsGoneWithoutAWord) {
  listen();
  {
    RawClient client(loop_, server_->port());
    client.send(kHandshake).receive_until("\r\n\r\n");
  }
  ASSERT_TRUE(turn_until([&] { return far_.closed.has_value(); }));
  EXPECT_EQ(far_.closed->code, 1006);
}

TEST_P(RawWebSocketTest, ClosesOnFramesThatAreNotMasked) {
  listen();
  RawClient client(loop_, server_->port());
  client.send(kHandshake).receive_until("\r\n\r\n");
  client.send(std::string("\x82\x01x", 3));
  ASSERT_TRUE(turn_until([&] { return far_.closed.has_value(); }));
  EXPECT_TRUE(far_.messages.empty());
}

TEST_P(RawWebSocketTest, RefusesFramesThatComeBeforeTheAnswer) {
  listen();
  RawClient client(loop_, server_->port());
  client.send(std::string(kHandshake) + "\x82");
  EXPECT_TRUE(client.receive_until("\r\n\r\n").starts_with("HTTP/1.1 400 "));
}

}  // namespace
}  // namespace tusker
