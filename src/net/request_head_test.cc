#include "net/request_head.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

int status_of(const std::string& text) {
  RequestHead head;
  const auto refusal = parse_request_head(text, head);
  return refusal ? refusal->status : 200;
}

// A request with these lines between request line and end.
std::string with(const std::string& lines) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n";
}

TEST(RequestHead, KeepsEverythingAsReceived) {
  RequestHead head;
  const auto refusal = parse_request_head(
      "GET /a%20b?B=1&A=2&& HTTP/1.1\r\nHost: h:1\r\nx-TC-Action:  Describe\t "
      "\r\nEmpty:\r\nX-TC-Action: second\r\n\r\n",
      head);
  ASSERT_FALSE(refusal) << refusal->message;
  const HttpRequest request = std::move(head.request);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/a%20b?B=1&A=2&&");
  EXPECT_EQ(request.path, "/a%20b");
  EXPECT_EQ(request.query, "B=1&A=2&&");
  ASSERT_EQ(request.headers.size(), 4U);
  EXPECT_EQ(request.headers[1].name, "x-TC-Action");
  EXPECT_EQ(request.headers[1].value, "Describe");
  EXPECT_EQ(request.header("X-Tc-action"), "Describe");
  EXPECT_EQ(request.headers[2].value, "");
  EXPECT_TRUE(request.has_header("empty"));
  EXPECT_FALSE(request.has_header("absent"));
}

TEST(RequestHead, TakesAnAbsoluteTarget) {
  RequestHead head;
  ASSERT_FALSE(
      parse_request_head("POST http://emr.example.test?x=/1 HTTP/1.1\r\nHost: h\r\n\r\n", head));
  EXPECT_EQ(head.request.target, "http://emr.example.test?x=/1");
  EXPECT_EQ(head.request.path, "/");
  EXPECT_EQ(head.request.query, "x=/1");
  RequestHead with_path;
  ASSERT_FALSE(parse_request_head("POST http://h:80/api?x HTTP/1.1\r\nHost: h\r\n\r\n", with_path));
  EXPECT_EQ(with_path.request.path, "/api");
}

TEST(RequestHead, TakesAHostThatIsAUrlSinceTccliSendsOne) {
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: http://127.0.0.1:8080\r\n\r\n"), 200);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: http://127.0.0.1:8080/\r\n\r\n"), 200);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"), 200);
}

TEST(RequestHead, WantsExactlyOneHost) {
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost:\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a,b\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.0\r\n\r\n"), 200);
}

// Heads are looked through eight bytes at a time.
TEST(RequestHead, FindsAControlWhereverItStands) {
  const std::string head = with("Name: 0123456789abcdef~\xC3\xA9\xFF\r\n");
  ASSERT_EQ(status_of(head), 200);
  const std::size_t first = head.find("0123");
  for (std::size_t at = first; at < head.find("\xFF"); ++at) {
    for (const char control : {'\0', '\x01', '\x1F', '\x7F', '\r', '\n'}) {
      std::string broken = head;
      broken[at] = control;
      EXPECT_EQ(status_of(broken), 400) << at << ": " << static_cast<int>(control);
    }
    std::string spaced = head;
    spaced[at] = '\t';
    EXPECT_EQ(status_of(spaced), 200) << at;
  }
}

struct Case {
  const char* name;
  const char* lines;
  int status;
};

class Framing : public testing::TestWithParam<Case> {};

TEST_P(Framing, IsReadInOneWayOnly) {
  EXPECT_EQ(status_of(with(GetParam().lines)), GetParam().status);
}

INSTANTIATE_TEST_SUITE_P(
    RequestHead,
    Framing,
    testing::Values(
        Case{"Length", "Content-Length: 5\r\n", 200},
        Case{"LengthZeros", "Content-Length: 005\r\n", 200},
        Case{"LengthList", "Content-Length: 5, 5\r\n", 400},
        Case{"LengthTwice", "Content-Length: 5\r\nContent-Length: 5\r\n", 400},
        Case{"LengthsDiffer", "Content-Length: 5\r\ncontent-length: 6\r\n", 400},
        Case{"LengthSigned", "Content-Length: +5\r\n", 400},
        Case{"LengthNegative", "Content-Length: -1\r\n", 400},
        Case{"LengthHex", "Content-Length: 0x5\r\n", 400},
        Case{"LengthEmpty", "Content-Length:\r\n", 400},
        Case{"LengthWithSpaces", "Content-Length: 5 5\r\n", 400},
        Case{"LengthHuge", "Content-Length: 99999999999999999999\r\n", 400},
        Case{"Chunked", "Transfer-Encoding: chunked\r\n", 411},
        Case{"ChunkedTwice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400},
        Case{"ChunkedAndLength", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 400},
        Case{"LengthAndChunked", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400},
        Case{"IdentityAndLength", "Transfer-Encoding: identity\r\nContent-Length: 5\r\n", 400},
        Case{"Gzip", "Transfer-Encoding: gzip\r\n", 501},
        Case{"GzipChunked", "Transfer-Encoding: gzip, chunked\r\n", 501},
        Case{"ChunkedMasked", "Transfer-Encoding: xchunked\r\n", 501},
        Case{"EmptyCoding", "Transfer-Encoding:\r\n", 501},
        Case{"FoldedLine", "X-A: b\r\n c\r\n", 400},
        Case{"FoldedByTab", "X-A: b\r\n\tc\r\n", 400},
        Case{"FoldedLength", "Content-Length:\r\n 5\r\n", 400},
        Case{"SpaceBeforeColon", "Content-Length : 5\r\n", 400},
        Case{"NameWithSpace", "X A: b\r\n", 400},
        Case{"NameEmpty", ": b\r\n", 400},
        Case{"NoColon", "Content-Length\r\n", 400},
        Case{"BareLineFeed", "X-A: b\nContent-Length: 5\r\n", 400},
        Case{"BareCarriageReturn", "X-A: b\rContent-Length: 5\r\n", 400},
        Case{"ControlInValue", "X-A: b\x01\r\n", 400},
        Case{"DeleteInValue", "X-A: b\x7f\r\n", 400},
        Case{"HighBytesInValue", "X-A: \xc3\xa9\r\n", 200},
        Case{"HighBytesInName", "X-\xc3\xa9: b\r\n", 400},
        Case{"Continue", "Expect: 100-Continue\r\nContent-Length: 5\r\n", 200},
        Case{"OtherExpectation", "Expect: 200-ok\r\n", 417}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(RequestHead, RefusesANulByteAnywhere) {
  using namespace std::string_literals;
  EXPECT_EQ(status_of("GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"s), 400);
  EXPECT_EQ(status_of(with("X-A: b\0c\r\n"s)), 400);
}

class RequestLine : public testing::TestWithParam<std::pair<const char*, int>> {};

TEST_P(RequestLine, IsChecked) {
  EXPECT_EQ(status_of(std::string(GetParam().first) + "\r\nHost: h\r\n\r\n"), GetParam().second)
      << GetParam().first;
}

INSTANTIATE_TEST_SUITE_P(RequestHead,
                         RequestLine,
                         testing::Values(std::pair{"GET / HTTP/1.1", 200},
                                         std::pair{"PURGE / HTTP/1.1",
                                                   200},  // for the handler to refuse
                                         std::pair{"OPTIONS * HTTP/1.1", 200},
                                         std::pair{"GET * HTTP/1.1", 400},
                                         std::pair{"CONNECT h:443 HTTP/1.1", 400},
                                         std::pair{"GET a HTTP/1.1", 400},
                                         std::pair{"GET ftp://h/ HTTP/1.1", 400},
                                         std::pair{"GET http:///x HTTP/1.1", 400},
                                         std::pair{"GET /#f HTTP/1.1", 400},
                                         std::pair{"GET /\xc3\xa9 HTTP/1.1", 400},
                                         std::pair{"GET / x HTTP/1.1", 505},
                                         std::pair{"GET  / HTTP/1.1", 400},
                                         std::pair{"GET / HTTP/1.1 ", 505},
                                         std::pair{" GET / HTTP/1.1", 400},
                                         std::pair{"GE\tT / HTTP/1.1", 400},
                                         std::pair{"GET / HTTP/2.0", 505},
                                         std::pair{"GET / HTTP/1.2", 505},
                                         std::pair{"GET / HTTP/0.9", 505},
                                         std::pair{"GET / http/1.1", 505},
                                         std::pair{"GET /", 400},
                                         std::pair{"GET", 400},
                                         std::pair{"", 400}));

TEST(RequestHead, TakesABoundedNumberOfHeaders) {
  std::string lines;
  for (std::size_t i = 0; i + 1 < kMaxRequestHeaders; ++i) lines += "a: b\r\n";
  EXPECT_EQ(status_of(with(lines)), 200);
  EXPECT_EQ(status_of(with(lines + "a: b\r\n")), 431);
}

TEST(RequestHead, KnowsWhetherTheConnectionIsKept) {
  const auto keeps = [](const std::string& text) {
    RequestHead head;
    EXPECT_FALSE(parse_request_head(text, head));
    return head.keep_alive;
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
}

TEST(RequestHead, RecognisesAProperRequestForAWebSocketOnly) {
  const auto upgrades = [](const std::string& method, const std::string& lines) {
    RequestHead head;
    EXPECT_FALSE(parse_request_head(method + " / HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n", head));
    return head.request.wants_websocket();
  };
  const std::string good =
      "Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: "
      "13\r\nSec-WebSocket-Key: "
      "dGhlIHNhbXBsZSBub25jZQ==\r\n";
  EXPECT_TRUE(upgrades("GET", good));
  EXPECT_FALSE(upgrades("POST", good));
  EXPECT_FALSE(upgrades("GET", good.substr(0, good.find("Sec-WebSocket-Key"))));
  EXPECT_FALSE(upgrades("GET", "Upgrade: h2c\r\nConnection: Upgrade\r\n"));
}

}  // namespace
}  // namespace tusker
