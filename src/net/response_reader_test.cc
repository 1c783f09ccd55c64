#include "net/response_reader.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

TEST(ResponseReader, StreamsBodiesOfEveryStatusWhenItIsAskedTo) {
  std::string body;
  ResponseReader reader({.head_only = false,
                         .max_body_bytes = 100,
                         .on_body =
                             [&](std::string_view piece) {
                               body += piece;
                               return ok_status();
                             },
                         .streams_every_status = true});
  ASSERT_TRUE(reader.take("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nX-").ok());
  EXPECT_FALSE(reader.has_head());
  ASSERT_TRUE(reader.take("Y: z\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n").ok());
  EXPECT_TRUE(reader.has_head());
  EXPECT_EQ(reader.head().status, 404);
  EXPECT_EQ(reader.head().header("x-y"), "z");
  EXPECT_EQ(body, "abc");
  EXPECT_FALSE(reader.done());
  EXPECT_FALSE(reader.take_end().ok());
  ASSERT_TRUE(reader.take("0\r\n\r\n").ok());
  EXPECT_TRUE(reader.done());
}

}  // namespace
}  // namespace tusker
