#include "net/http_server.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/testing/temporary_folder.h"
#include "net/event_loop.h"
#include "net/testing/function_handler.h"
#include "net/testing/raw_client.h"

namespace tusker {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class HttpServerTest : public testing::Test {
 protected:
  void listen() {
    auto server = HttpServer::listen(loop_, options_, handler_, Log::none());
    ASSERT_TRUE(server.ok()) << server.error().message();
    server_ = *std::move(server);
  }
  RawClient connect() {
    if (!server_) listen();
    return RawClient(loop_, server_->port());
  }
  // All that is answered to these bytes until the server closes.
  std::string answer_to(const std::string& bytes) {
    RawClient client = connect();
    client.send(bytes);
    return client.receive_all();
  }
  // The next answers are given by hand.
  void defer() {
    handler_.on_request = [this](HttpRequest, Responder responder) {
      waiting_.push_back(std::move(responder));
    };
  }
  bool turn_until(const std::function<bool()>& done) { return loop_.run_until(done, seconds(10)); }

  EventLoop loop_;
  FunctionHandler handler_;
  HttpServerOptions options_;
  std::vector<Responder> waiting_;
  std::unique_ptr<HttpServer> server_;
};

std::string post(const std::string& body, const std::string& more = "") {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + more +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
const std::string kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string kLastGet = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

bool says(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

std::string body_of(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}

TEST_F(HttpServerTest, AnswersWithExactlyTheContentTypeItWasGiven) {
  handler_.on_request = [](HttpRequest, const Responder& responder) {
    HttpResponse response(200, "application/json", "{}");
    response.headers.emplace_back("X-A", "b");
    responder.send(std::move(response));
  };
  const std::string answer = answer_to(kLastGet);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(says(answer, "\r\nContent-Type: application/json\r\n")) << answer;
  EXPECT_TRUE(says(answer, "\r\nX-A: b\r\n")) << answer;
  EXPECT_TRUE(says(answer, "\r\nContent-Length: 2\r\n")) << answer;
  EXPECT_TRUE(says(answer, " GMT\r\n")) << answer;
  EXPECT_EQ(body_of(answer), "{}");
}

TEST_F(HttpServerTest, KeepsTheConnectionAndAnswersPipelinedRequestsInOrder) {
  defer();
  RawClient client = connect();
  client.send(post("one") + post("two") + kLastGet);
  ASSERT_TRUE(turn_until([&] { return waiting_.size() == 1; }));
  waiting_[0].send(HttpResponse(200, "", "first"));
  ASSERT_TRUE(turn_until([&] { return waiting_.size() == 2; }));
  waiting_[1].send(HttpResponse(200, "", "second"));
  ASSERT_TRUE(turn_until([&] { return waiting_.size() == 3; }));
  waiting_[2].send(HttpResponse(200, "", "third"));
  const std::string& all = client.receive_all();
  EXPECT_LT(all.find("first"), all.find("second"));
  EXPECT_LT(all.find("second"), all.find("third"));
  EXPECT_TRUE(all.ends_with("third"));
  EXPECT_FALSE(client.reset());
}

TEST_F(HttpServerTest, AnswersManyPipelinedRequestsWithoutGrowingItsStack) {
  std::string many;
  for (int i = 0; i < 20000; ++i) many += kGet;
  RawClient client = connect();
  client.send(many + kLastGet);
  const std::string& all = client.receive_all();
  std::size_t answers = 0;
  for (std::size_t at = all.find("HTTP/1.1 200"); at != std::string::npos;
       at = all.find("HTTP/1.1 200", at + 1))
    ++answers;
  EXPECT_EQ(answers, 20001U);
}

TEST_F(HttpServerTest, ReadsARequestThatComesByteByByte) {
  RawClient client = connect();
  for (const char c : post("hello", "Connection: close\r\n")) client.send(std::string_view(&c, 1));
  EXPECT_EQ(body_of(client.receive_all()), "hello");
}

TEST_F(HttpServerTest, AnswersHeadWithoutABody) {
  handler_.on_request = [](HttpRequest, const Responder& responder) {
    responder.send(HttpResponse(200, "", "12345"));
  };
  const std::string answer = answer_to("HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(says(answer, "Content-Length: 5\r\n"));
  EXPECT_EQ(body_of(answer), "");
}

TEST_F(HttpServerTest, SpeaksHttp10) {
  EXPECT_TRUE(answer_to("GET / HTTP/1.0\r\n\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
  RawClient client = connect();
  client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(says(client.receive_until("\r\n\r\n"), "Connection: keep-alive\r\n"));
}

TEST_F(HttpServerTest, TellsTheHandlerWhoAsks) {
  std::string peer;
  handler_.on_request = [&](HttpRequest request, const Responder& responder) {
    peer = request.peer;
    EXPECT_EQ(request.certificate, nullptr);
    responder.send(HttpResponse(204, "", ""));
  };
  const std::string answer = answer_to(kLastGet);
  EXPECT_TRUE(peer.starts_with("127.0.0.1:")) << peer;
  EXPECT_FALSE(says(answer, "Content-Length"));
}

TEST_F(HttpServerTest, AnswersARequestThatItsHandlerForgot) {
  handler_.on_request = [](HttpRequest, const Responder&) {};
  EXPECT_TRUE(answer_to(kLastGet).starts_with("HTTP/1.1 500 "));
}

TEST_F(HttpServerTest, DoesNotLetALineBreakIntoAHeader) {
  handler_.on_request = [](HttpRequest, const Responder& responder) {
    HttpResponse response(302, "", "");
    response.headers.emplace_back("Location", "/\r\nSet-Cookie: a=b");
    responder.send(std::move(response));
  };
  const std::string answer = answer_to(kLastGet);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
  EXPECT_FALSE(says(answer, "Set-Cookie"));
}

TEST_F(HttpServerTest, SendsAnAnswerThatIsLargerThanTheKernelTakesAtOnce) {
  const std::string large(20 << 20, 'x');
  handler_.on_request = [&](HttpRequest, const Responder& responder) {
    responder.send(HttpResponse(200, "", large));
  };
  EXPECT_EQ(body_of(answer_to(kLastGet)), large);
}

// ---- refusals

TEST_F(HttpServerTest, ClosesAfterAMalformedRequestAndSaysWhy) {
  RawClient client = connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + kGet);
  const std::string& answer = client.receive_until("\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_TRUE(says(answer, "Connection: close\r\n"));
  EXPECT_TRUE(says(client.receive_all(), "several Host headers"));
  client.shutdown_send();
  EXPECT_FALSE(client.reset());
  EXPECT_FALSE(says(client.receive_all(), "200 OK"));
}

TEST_F(HttpServerTest, RefusesAHeadThatDoesNotEnd) {
  options_.max_head_bytes = 2000;
  EXPECT_TRUE(answer_to("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(3000, 'a'))
                  .starts_with("HTTP/1.1 431 "));
  EXPECT_TRUE(answer_to("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(3000, 'a') + "\r\n\r\n")
                  .starts_with("HTTP/1.1 431 "));
}

TEST_F(HttpServerTest, RefusesATlsHandshakeAtOnce) {
  EXPECT_TRUE(answer_to("\x16\x03\x01").starts_with("HTTP/1.1 400 "));
}

TEST_F(HttpServerTest, LetsTheOwnerAnswerABodyThatIsTooLargeAndKeepsTheConnection) {
  handler_.limit = 10 << 20;
  handler_.on_refuse = [](const HttpRequest* head, const HttpRefusal& refusal) {
    EXPECT_EQ(refusal.kind, HttpRefusal::Kind::BodyTooLarge);
    EXPECT_EQ(head->header("X-A"), "b");
    return HttpResponse(200, "application/json", "RequestSizeLimitExceeded");
  };
  RawClient client = connect();
  client.send(post(std::string(11 << 20, 'x'), "X-A: b\r\n") +
              post("next", "Connection: close\r\n"));
  const std::string& all = client.receive_all();
  EXPECT_TRUE(all.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(says(all, "RequestSizeLimitExceeded"));
  EXPECT_TRUE(all.ends_with("next"));
}

TEST_F(HttpServerTest, AnswersABodyThatIsFarTooLargeAtOnceAndLetsTheClientSeeIt) {
  options_.max_discard_bytes = 4 << 20;
  handler_.limit = 1 << 20;
  RawClient client = connect();
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000\r\n\r\n");
  EXPECT_TRUE(client.receive_until("are taken here").starts_with("HTTP/1.1 413 "));
  client.send(std::string(3 << 20, 'x'));
  client.shutdown_send();
  client.receive_all();
  EXPECT_FALSE(client.reset());
}

TEST_F(HttpServerTest, SendsContinueOnlyIfTheBodyIsWanted) {
  handler_.limit = 10;
  RawClient client = connect();
  client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(client.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  EXPECT_TRUE(client.receive_until("hello").ends_with("hello"));

  RawClient refused = connect();
  refused.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n");
  EXPECT_TRUE(refused.receive_until("\r\n\r\n").starts_with("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, RefusesChunkedRequestsWithTheReason) {
  const std::string answer = answer_to(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 411 Length Required\r\n")) << answer;
}

// ---- time

TEST_F(HttpServerTest, EndsAClientThatSendsItsHeadTooSlowly) {
  options_.head_timeout = milliseconds(20);
  EXPECT_TRUE(answer_to("GET / HTTP/1.1\r\nHost:").starts_with("HTTP/1.1 408 "));
}

TEST_F(HttpServerTest, EndsAClientThatSendsItsBodyTooSlowly) {
  options_.body_timeout = milliseconds(20);
  EXPECT_TRUE(answer_to("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel")
                  .starts_with("HTTP/1.1 408 "));
}

TEST_F(HttpServerTest, ClosesAnIdleConnectionWithoutAWord) {
  options_.idle_timeout = milliseconds(20);
  options_.head_timeout = milliseconds(20);
  EXPECT_EQ(answer_to(""), "");
  EXPECT_EQ(body_of(answer_to(post("x"))), "x");
}

TEST_F(HttpServerTest, GivesUpOnAClientThatDoesNotTakeItsAnswer) {
  options_.write_timeout = milliseconds(20);
  handler_.on_request = [](HttpRequest, const Responder& responder) {
    responder.send(HttpResponse(200, "", std::string(50 << 20, 'x')));
  };
  RawClient client = connect();
  client.send(kGet);
  EXPECT_TRUE(turn_until([&] { return server_->connections() == 1; }));
  EXPECT_TRUE(turn_until([&] { return server_->connections() == 0; }));
}

// ---- many

TEST_F(HttpServerTest, MakesRoomByClosingTheOldestIdleConnection) {
  options_.max_connections = 2;
  RawClient first = connect();
  first.send(kGet).receive_until("\r\n\r\n");
  RawClient second = connect();
  second.send(kGet).receive_until("\r\n\r\n");
  RawClient third = connect();
  third.send(kGet).receive_until("\r\n\r\n");
  first.receive_all();
  EXPECT_TRUE(first.closed());
  EXPECT_LE(server_->connections(), 2U);
}

TEST_F(HttpServerTest, LetsClientsWaitWhileAllConnectionsAreBusy) {
  options_.max_connections = 1;
  defer();
  RawClient first = connect();
  first.send(kLastGet);
  ASSERT_TRUE(turn_until([&] { return waiting_.size() == 1; }));
  RawClient second = connect();
  second.send(kLastGet);
  waiting_[0].send(HttpResponse(200, "", "first"));
  EXPECT_EQ(body_of(first.receive_all()), "first");
  first.shutdown_send();
  ASSERT_TRUE(turn_until([&] { return waiting_.size() == 2; }));
  waiting_[1].send(HttpResponse(200, "", "second"));
  EXPECT_EQ(body_of(second.receive_all()), "second");
}

TEST_F(HttpServerTest, SaysThatItsPortIsInUse) {
  listen();
  HttpServerOptions same;
  same.port = server_->port();
  const auto second = HttpServer::listen(loop_, same, handler_, Log::none());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), ErrorCode::Busy);
  EXPECT_TRUE(says(second.error().message(), std::to_string(same.port)));
}

// ---- ends

TEST_F(HttpServerTest, StopsWhenRequestsInFlightAreAnswered) {
  defer();
  RawClient idle = connect();
  RawClient busy = connect();
  busy.send(kGet);
  ASSERT_TRUE(turn_until([&] { return waiting_.size() == 1 && server_->connections() == 2; }));
  bool stopped = false;
  server_->stop(seconds(10), [&] { stopped = true; });
  EXPECT_EQ(idle.receive_all(), "");
  EXPECT_FALSE(stopped);
  waiting_[0].send(HttpResponse(200, "", "late"));
  const std::string& answer = busy.receive_all();
  EXPECT_TRUE(says(answer, "Connection: close\r\n"));
  EXPECT_EQ(body_of(answer), "late");
  busy.shutdown_send();
  EXPECT_TRUE(turn_until([&] { return stopped; }));
}

TEST_F(HttpServerTest, BreaksOffWhatIsStillInFlightAtTheLimit) {
  defer();
  RawClient busy = connect();
  busy.send(kGet);
  ASSERT_TRUE(turn_until([&] { return waiting_.size() == 1; }));
  bool stopped = false;
  server_->stop(milliseconds(10), [&] { stopped = true; });
  EXPECT_TRUE(turn_until([&] { return stopped; }));
  waiting_[0].send(HttpResponse(200, "", "too late"));
  EXPECT_FALSE(says(busy.receive_all(), "too late"));
}

TEST_F(HttpServerTest, MayBeDestroyedByItsHandlerAndAnsweredAfterItsEnd) {
  handler_.on_request = [this](HttpRequest, Responder responder) {
    waiting_.push_back(std::move(responder));
    server_.reset();
  };
  RawClient client = connect();
  client.send(kGet).receive_all();
  ASSERT_EQ(waiting_.size(), 1U);
  EXPECT_FALSE(waiting_[0].connected());
  waiting_[0].send(HttpResponse(200, "", ""));
}

TEST_F(HttpServerTest, SurvivesAClientThatGoesBeforeItsAnswer) {
  defer();
  {
    RawClient client = connect();
    client.send(kGet);
    ASSERT_TRUE(turn_until([&] { return waiting_.size() == 1; }));
  }
  waiting_[0].send(HttpResponse(200, "", std::string(1 << 20, 'x')));
  EXPECT_TRUE(turn_until([&] { return server_->connections() == 0; }));
}

// ---- bodies in pieces

// Counts up to `pieces`, at once or at the loop's next turn.
class CountingSource final : public BodySource {
 public:
  CountingSource(EventLoop& loop, int pieces, bool later)
      : loop_(loop), pieces_(pieces), later_(later) {}
  void next(Deliver deliver) override {
    std::string piece = asked_ < pieces_ ? std::to_string(asked_) + ";" : "";
    ++asked_;
    if (!later_) return deliver(std::move(piece));
    loop_.post([deliver, piece] { deliver(piece); });
  }
  int asked_ = 0;

 private:
  EventLoop& loop_;
  int pieces_;
  bool later_;
};

TEST_F(HttpServerTest, SendsASourceOfUnknownLengthInChunks) {
  for (const bool later : {false, true}) {
    handler_.on_request = [&](HttpRequest, const Responder& responder) {
      responder.send(
          HttpResponse::stream("text/plain", std::make_shared<CountingSource>(loop_, 3, later)));
    };
    const std::string answer = answer_to(kLastGet);
    EXPECT_TRUE(says(answer, "Transfer-Encoding: chunked\r\n"));
    EXPECT_EQ(body_of(answer), "2\r\n0;\r\n2\r\n1;\r\n2\r\n2;\r\n0\r\n\r\n");
    EXPECT_EQ(body_of(answer_to("GET / HTTP/1.0\r\n\r\n")), "0;1;2;");
  }
}

TEST_F(HttpServerTest, BreaksOffAnAnswerWhoseSourceEndsTooEarly) {
  handler_.on_request = [&](HttpRequest, const Responder& responder) {
    responder.send(
        HttpResponse::stream("text/plain", std::make_shared<CountingSource>(loop_, 3, false), 100));
  };
  RawClient client = connect();
  client.send(kLastGet).receive_all();
  EXPECT_TRUE(client.reset());
}

TEST_F(HttpServerTest, AsksASourceForNoMoreThanTheClientTakes) {
  class Endless final : public BodySource {
   public:
    void next(Deliver deliver) override {
      ++pieces;
      deliver(std::string(1 << 20, 'x'));
    }
    int pieces = 0;
  };
  const auto source = std::make_shared<Endless>();
  options_.write_timeout = milliseconds(50);
  handler_.on_request = [&](HttpRequest, const Responder& responder) {
    responder.send(HttpResponse::stream("", source));
  };
  RawClient client = connect();
  client.send(kGet);
  EXPECT_TRUE(turn_until([&] { return source->pieces > 0 && server_->connections() == 0; }));
  EXPECT_LT(source->pieces, 30);
  EXPECT_EQ(source.use_count(), 1);
}

class HttpFileTest : public HttpServerTest {
 protected:
  void SetUp() override {
    content_.resize((1 << 20) + 17);
    for (std::size_t i = 0; i < content_.size(); ++i)
      content_[i] = static_cast<char>('a' + i * 31 % 26);
    ASSERT_TRUE(write_file_atomic(path_, content_, 0600).ok());
    handler_.on_request = [this](HttpRequest, const Responder& responder) {
      responder.send(HttpResponse::file(path_, "application/octet-stream"));
    };
  }
  std::string ranged(const std::string& range) {
    return answer_to("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nRange: " + range +
                     "\r\n\r\n");
  }

  const TemporaryFolder folder_;
  std::string path_ = folder_.path() + "/file";
  std::string content_;
};

TEST_F(HttpFileTest, IsSentWhole) {
  const std::string answer = answer_to(kLastGet);
  EXPECT_TRUE(says(answer, "Content-Length: " + std::to_string(content_.size()) + "\r\n"));
  EXPECT_EQ(body_of(answer), content_);
}

TEST_F(HttpFileTest, IsSentInPartWhenAskedFor) {
  const std::string answer = ranged("bytes=1000000-");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 206 "));
  EXPECT_TRUE(says(answer, "Content-Range: bytes 1000000-1048592/1048593\r\n"));
  EXPECT_EQ(body_of(answer), content_.substr(1000000));
  EXPECT_EQ(body_of(ranged("bytes=3-5")), content_.substr(3, 3));
  EXPECT_EQ(body_of(ranged("bytes=-4")), content_.substr(content_.size() - 4));
  EXPECT_TRUE(ranged("bytes=2000000-").starts_with("HTTP/1.1 416 "));
  EXPECT_TRUE(ranged("bytes=5-3").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(ranged("bytes=0-1,4-5").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(ranged("lines=0-1").starts_with("HTTP/1.1 200 "));
}

TEST_F(HttpFileTest, IsNotFoundIfItIsNoRegularFile) {
  path_ = folder_.path();
  EXPECT_TRUE(answer_to(kLastGet).starts_with("HTTP/1.1 404 "));
  path_ += "/absent";
  EXPECT_TRUE(answer_to(kLastGet).starts_with("HTTP/1.1 404 "));
}

TEST_F(HttpFileTest, MayBeAbandonedByClientAndServer) {
  {
    RawClient client = connect();
    client.send(kGet).receive_until("\r\n\r\n");
  }
  RawClient client = connect();
  client.send(kGet).receive_until("\r\n\r\n");
  server_.reset();
}

}  // namespace
}  // namespace tusker
