#include "net/http_client.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/file.h"
#include "base/testing/temporary_folder.h"
#include "net/event_loop.h"
#include "net/http_server.h"
#include "net/response_reader.h"
#include "net/testing/function_handler.h"
#include "net/testing/test_certificates.h"
#include "net/tls.h"

namespace tusker {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class HttpClientTest : public testing::Test {
 protected:
  void listen() {
    server_ = TestCertificates::must(HttpServer::listen(loop_, options_, handler_, Log::none()));
  }
  HttpCall call() {
    if (!server_) listen();
    HttpCall out;
    out.host = "127.0.0.1";
    out.port = server_->port();
    out.tls = trust_;
    return out;
  }
  Result<HttpReply> send(HttpCall made) {
    std::optional<Result<HttpReply>> result;
    const PendingCall pending = send_http(
        loop_, std::move(made), [&](Result<HttpReply> reply) { result.emplace(std::move(reply)); });
    EXPECT_FALSE(result) << "told before send_http returned";
    EXPECT_TRUE(loop_.run_until([&] { return result.has_value(); }, seconds(10)));
    return result ? *std::move(result) : Error(ErrorCode::Internal, "no result");
  }
  void serve_tls(ClientCertificates clients) {
    TlsServerOptions options;
    options.identity = certificates_.server();
    options.clients = clients;
    options.client_ca_pem = certificates_.ca_pem();
    options_.tls = TestCertificates::must(TlsContext::server(options));
  }
  void trust(const TlsClientOptions& options) {
    trust_ = TestCertificates::must(TlsContext::client(options));
  }

  EventLoop loop_;
  FunctionHandler handler_;
  HttpServerOptions options_;
  TestCertificates certificates_;
  std::shared_ptr<const TlsContext> trust_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpClientTest, SendsARequestAndReadsTheAnswer) {
  handler_.on_request = [this](HttpRequest request, const Responder& responder) {
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/a?b=c");
    EXPECT_EQ(request.header("Host"), "127.0.0.1:" + std::to_string(server_->port()));
    EXPECT_EQ(request.header("X-A"), "b");
    HttpResponse response(201, "text/plain", "got " + request.body);
    response.headers.emplace_back("X-Answer", "yes");
    responder.send(std::move(response));
  };
  HttpCall made = call();
  made.method = "POST";
  made.target = "/a?b=c";
  made.headers = {{"X-A", "b"}};
  made.body = "hello";
  const auto reply = send(std::move(made));
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(reply->status, 201);
  EXPECT_EQ(reply->header("x-answer"), "yes");
  EXPECT_EQ(reply->body, "got hello");
}

TEST_F(HttpClientTest, ResolvesNames) {
  HttpCall made = call();
  made.host = "localhost";
  EXPECT_TRUE(send(std::move(made)).ok());
  HttpCall unknown = call();
  unknown.host = "no-such-name.invalid";
  EXPECT_EQ(send(std::move(unknown)).error().code(), ErrorCode::Unavailable);
}

TEST_F(HttpClientTest, MovesLargeBodiesBothWays) {
  handler_.limit = 64 << 20;
  HttpCall made = call();
  made.method = "PUT";
  made.body.assign(20 << 20, 'x');
  made.max_body_bytes = 32 << 20;
  const auto reply = send(made);
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(reply->body, made.body);
}

TEST_F(HttpClientTest, RefusesAnAnswerLargerThanItsLimit) {
  handler_.on_request = [](HttpRequest, const Responder& responder) {
    responder.send(HttpResponse(200, "", std::string(1000, 'x')));
  };
  HttpCall made = call();
  made.max_body_bytes = 999;
  EXPECT_EQ(send(std::move(made)).error().code(), ErrorCode::ResourceExhausted);
}

TEST_F(HttpClientTest, StreamsTheBodyOfASuccessOnly) {
  handler_.on_request = [](HttpRequest request, const Responder& responder) {
    responder.send(HttpResponse(request.path == "/ok" ? 200 : 404, "", std::string(1 << 20, 'x')));
  };
  std::size_t streamed = 0;
  HttpCall made = call();
  made.target = "/ok";
  made.on_body = [&](std::string_view piece) {
    streamed += piece.size();
    return ok_status();
  };
  EXPECT_EQ(send(made)->body, "");
  EXPECT_EQ(streamed, 1U << 20);
  made.target = "/absent";
  EXPECT_EQ(send(made)->body.size(), 1U << 20);
  EXPECT_EQ(streamed, 1U << 20);
  made.target = "/ok";
  made.on_body = [](std::string_view) {
    return Status(Error(ErrorCode::ResourceExhausted, "disk full"));
  };
  EXPECT_EQ(send(made).error().code(), ErrorCode::ResourceExhausted);
}

TEST_F(HttpClientTest, GivesUpAtItsDeadline) {
  Responder kept;
  handler_.on_request = [&](HttpRequest, Responder responder) { kept = std::move(responder); };
  HttpCall made = call();
  made.timeout = milliseconds(20);
  EXPECT_EQ(send(std::move(made)).error().code(), ErrorCode::DeadlineExceeded);
  kept.send(HttpResponse(200, "", ""));
}

TEST_F(HttpClientTest, SaysThatNobodyListens) {
  HttpCall made = call();
  server_.reset();
  const auto reply = send(std::move(made));
  EXPECT_EQ(reply.error().code(), ErrorCode::Unavailable);
  EXPECT_TRUE(reply.error().retryable());
}

TEST_F(HttpClientTest, CallsNothingOnceCancelled) {
  bool told = false;
  bool asked = false;
  Responder kept;
  handler_.on_request = [&](HttpRequest, Responder responder) {
    kept = std::move(responder);
    asked = true;
  };
  {
    const PendingCall pending =
        send_http(loop_, call(), [&](const Result<HttpReply>&) { told = true; });
    ASSERT_TRUE(loop_.run_until([&] { return asked; }, seconds(10)));
  }
  kept.send(HttpResponse(200, "", ""));
  EXPECT_TRUE(loop_.run_until([&] { return server_->connections() == 0; }, seconds(10)));
  EXPECT_FALSE(told);
}

TEST_F(HttpClientTest, DoesNotSendARequestWithinARequest) {
  HttpCall made = call();
  made.target = "/ HTTP/1.1\r\nX: y";
  EXPECT_EQ(send(made).error().code(), ErrorCode::InvalidArgument);
  made.target = "/";
  made.headers = {{"X", "a\r\nY: b"}};
  EXPECT_EQ(send(made).error().code(), ErrorCode::InvalidArgument);
}

TEST_F(HttpClientTest, NoticesAnAnswerThatEndsTooEarly) {
  class Short final : public BodySource {
   public:
    void next(Deliver deliver) override { deliver(std::string(asked++ == 0 ? "some" : "")); }
    int asked = 0;
  };
  handler_.on_request = [](HttpRequest, const Responder& responder) {
    responder.send(HttpResponse::stream("", std::make_shared<Short>(), 100));
  };
  EXPECT_EQ(send(call()).error().code(), ErrorCode::Unavailable);
}

TEST_F(HttpClientTest, FetchesWithoutALoopOfTheCaller) {
  listen();
  HttpCall made = call();
  made.method = "POST";
  made.body = "x";
  std::optional<Result<HttpReply>> reply;
  std::thread other([&] {
    reply.emplace(fetch(made));
    loop_.post([this] { loop_.stop(); });
  });
  loop_.run();
  other.join();
  ASSERT_TRUE(reply->ok());
  EXPECT_EQ((*reply)->body, "x");
}

// ---- TLS

TEST_F(HttpClientTest, SpeaksTlsAndShowsItsCertificate) {
  serve_tls(ClientCertificates::Required);
  TlsClientOptions options;
  options.ca_pem = certificates_.ca_pem();
  options.identity = certificates_.client("host-1");
  trust(options);
  handler_.on_request = [](HttpRequest request, const Responder& responder) {
    const std::string who = request.certificate ? request.certificate->common_name + " of " +
                                                      request.certificate->organization
                                                : "nobody";
    responder.send(HttpResponse(200, "", who));
  };
  for (int i = 0; i < 3; ++i) {  // the second and third resume the session
    const auto reply = send(call());
    ASSERT_TRUE(reply.ok()) << reply.error().message();
    EXPECT_EQ(reply->body, "host-1 of installation-1");
  }
}

TEST_F(HttpClientTest, MovesLargeBodiesOverTls) {
  serve_tls(ClientCertificates::None);
  trust({std::nullopt, certificates_.ca_pem(), "", ""});
  handler_.limit = 16 << 20;
  HttpCall made = call();
  made.method = "PUT";
  made.body.assign(5 << 20, 'x');
  const auto reply = send(made);
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(reply->body, made.body);
}

TEST_F(HttpClientTest, TrustsOnlyTheRightAuthority) {
  serve_tls(ClientCertificates::None);
  TestCertificates other;
  trust({std::nullopt, other.ca_pem(), "", ""});
  const auto reply = send(call());
  EXPECT_EQ(reply.error().code(), ErrorCode::PermissionDenied) << reply.error().message();
}

TEST_F(HttpClientTest, WantsACertificateForTheNameItCalled) {
  serve_tls(ClientCertificates::None);
  trust({std::nullopt, certificates_.ca_pem(), "", "other.example"});
  EXPECT_EQ(send(call()).error().code(), ErrorCode::PermissionDenied);
  trust({std::nullopt, certificates_.ca_pem(), "", "localhost"});
  EXPECT_TRUE(send(call()).ok());
}

TEST_F(HttpClientTest, TrustsAPinnedAuthorityOrServer) {
  serve_tls(ClientCertificates::None);
  trust({std::nullopt, "", certificates_.authority.description().fingerprint, ""});
  EXPECT_TRUE(send(call()).ok());
  trust({std::nullopt, "", certificates_.authority.description().fingerprint, "other.example"});
  EXPECT_EQ(send(call()).error().code(), ErrorCode::PermissionDenied)
      << "the name counts with a pinned authority";
  trust({std::nullopt, "", std::string(64, '0'), ""});
  EXPECT_EQ(send(call()).error().code(), ErrorCode::PermissionDenied);
}

// Somebody who knows the authority's public certificate presents it behind a certificate of his
// own.
TEST_F(HttpClientTest, DoesNotTakeAPinnedAuthorityThatSignedNothing) {
  TestCertificates attacker;
  TlsIdentity forged = attacker.server();
  forged.certificate_pem =
      forged.certificate_pem.substr(0, forged.certificate_pem.find(attacker.ca_pem())) +
      certificates_.ca_pem();
  TlsServerOptions options;
  options.identity = forged;
  options_.tls = TestCertificates::must(TlsContext::server(options));
  trust({std::nullopt, "", certificates_.authority.description().fingerprint, ""});
  EXPECT_EQ(send(call()).error().code(), ErrorCode::PermissionDenied);
}

TEST_F(HttpClientTest, IsRefusedWithoutTheCertificateThatIsRequired) {
  serve_tls(ClientCertificates::Required);
  trust({std::nullopt, certificates_.ca_pem(), "", ""});
  EXPECT_FALSE(send(call()).ok());
  TestCertificates other;
  trust({other.client(), certificates_.ca_pem(), "", ""});
  EXPECT_FALSE(send(call()).ok());
  EXPECT_TRUE(loop_.run_until([&] { return server_->connections() == 0; }, seconds(10)));
}

TEST_F(HttpClientTest, MayShowNoCertificateWhereOneIsOptional) {
  serve_tls(ClientCertificates::Optional);
  trust({std::nullopt, certificates_.ca_pem(), "", ""});
  EXPECT_TRUE(send(call()).ok());
}

TEST_F(HttpClientTest, GivesUpOnAServerThatDoesNotSpeakTls) {
  listen();
  trust({std::nullopt, certificates_.ca_pem(), "", ""});
  EXPECT_EQ(send(call()).error().code(), ErrorCode::Unavailable);
}

TEST_F(HttpClientTest, DownloadsAFileOverTls) {
  serve_tls(ClientCertificates::None);
  trust({std::nullopt, certificates_.ca_pem(), "", ""});
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/file";
  const std::string content(3 << 20, 'y');
  ASSERT_TRUE(write_file_atomic(path, content, 0600).ok());
  handler_.on_request = [&](HttpRequest, const Responder& responder) {
    responder.send(HttpResponse::file(path, "x/y"));
  };
  EXPECT_EQ(send(call())->body, content);
}

// ---- reading answers

Result<HttpReply> read(std::vector<std::string> pieces, bool ends) {
  ResponseReader reader({false, 1000, nullptr});
  for (const std::string& piece : pieces) {
    TK_TRY_VOID(reader.take(piece));
  }
  if (ends) TK_TRY_VOID(reader.take_end());
  if (!reader.done()) return Error(ErrorCode::FailedPrecondition, "not done");
  return std::move(reader).reply();
}

TEST(ResponseReader, JoinsChunks) {
  const auto reply = read({"HTTP/1.1 200 OK\r\nTransfer-Enc",
                           "oding: chunked\r\n\r\n5\r\nhel",
                           "lo\r\n1;x=y\r\n!\r\n0\r\n\r\n"},
                          false);
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(reply->body, "hello!");
}

TEST(ResponseReader, SkipsInterimAnswers) {
  EXPECT_EQ(read({"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"}, false)->status,
            204);
}

TEST(ResponseReader, ReadsToTheEndWhereNoLengthIsSaid) {
  EXPECT_EQ(read({"HTTP/1.1 200 OK\r\n\r\nhel", "lo"}, true)->body, "hello");
  EXPECT_EQ(read({"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello"}, true).error().code(),
            ErrorCode::Unavailable);
  EXPECT_EQ(read({""}, true).error().code(), ErrorCode::Unavailable);
}

TEST(ResponseReader, RefusesWhatIsNotHttp) {
  EXPECT_EQ(read({"SSH-2.0-OpenSSH_9.2\r\n\r\n"}, false).error().code(), ErrorCode::Corrupt);
  EXPECT_EQ(read({"HTTP/1.1 200 OK\r\n" + std::string(1 << 20, 'x')}, false).error().code(),
            ErrorCode::Corrupt);
}

TEST(Url, IsTakenApart) {
  EXPECT_EQ(parse_url("http://127.0.0.1:8080")->port, 8080);
  EXPECT_EQ(parse_url("http://127.0.0.1:8080")->target, "/");
  EXPECT_EQ(parse_url("https://h")->port, 443);
  EXPECT_TRUE(parse_url("https://h")->https);
  EXPECT_EQ(parse_url("http://[::1]:80/a?b")->host, "::1");
  EXPECT_EQ(parse_url("http://h/a?b")->target, "/a?b");
  EXPECT_EQ(parse_url("http://h?b")->target, "/?b");
  for (const char* bad : {"",
                          "h:80",
                          "ftp://h",
                          "http://",
                          "http://:80",
                          "http://h:",
                          "http://h:0",
                          "http://h:99999",
                          "http://u@h",
                          "http://h/\n"}) {
    EXPECT_FALSE(parse_url(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace tusker
