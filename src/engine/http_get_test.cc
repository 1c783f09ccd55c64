#include "engine/http_get.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

// Feeds the answer byte by byte, as the worst network does, and says what became of it.
Result<EnginePage> read_slowly(std::string_view bytes) {
  HttpAnswer answer;
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    TK_TRY(const bool whole, answer.advance(bytes.substr(0, size), false));
    if (whole) return answer.take();
  }
  TK_TRY(const bool whole, answer.advance(bytes, true));
  if (!whole) return Error(ErrorCode::Unavailable, "ended too early");
  return answer.take();
}

TEST(HttpAnswer, EndsWithItsLength) {
  const auto page = read_slowly("HTTP/1.1 200 OK\r\ncontent-LENGTH: 5\r\n\r\nhelloextra");
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->status, 200);
  EXPECT_EQ(page->body, "hello");
}

TEST(HttpAnswer, JoinsChunks) {
  const auto page = read_slowly(
      "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n");
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->status, 404);
  EXPECT_EQ(page->body, "abc0123456789");
}

TEST(HttpAnswer, EndsWithTheConnectionWhenNothingElseIsSaid) {
  const auto page = read_slowly("HTTP/1.0 200 OK\r\nServer: old\r\n\r\nall of it");
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->body, "all of it");
}

TEST(HttpAnswer, IsNotWholeWhenCut) {
  EXPECT_FALSE(read_slowly("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello").ok());
  EXPECT_FALSE(read_slowly("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel").ok());
  EXPECT_FALSE(
      read_slowly("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx")
          .ok());
  EXPECT_FALSE(read_slowly("HTTP/1.1 200").ok());
}

TEST(HttpAnswer, RefusesWhatIsNotHttp) {
  for (const char* text : {"SSH-2.0-OpenSSH\r\n\r\n",
                           "HTTP/1.1 abc OK\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"}) {
    const auto page = read_slowly(text);
    ASSERT_FALSE(page.ok()) << text;
    EXPECT_EQ(page.error().code(), ErrorCode::Corrupt) << text;
  }
}

TEST(Get, RefusesAPathThatWouldSplitTheRequest) {
  EXPECT_FALSE(encode_get("10.0.0.1", 80, "/a b").ok());
  EXPECT_FALSE(encode_get("10.0.0.1", 80, "/a\r\nX: y").ok());
  EXPECT_TRUE(encode_get("10.0.0.1", 80, "/jmx?qry=Hadoop:*").ok());
}

}  // namespace
}  // namespace tusker
