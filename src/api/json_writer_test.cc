#include "api/json_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace tusker::api {
namespace {

template <typename T>
std::string written(T value) {
  std::string out;
  append_json(out, value);
  return out;
}

TEST(JsonWriter, EscapesWhatJsonDemandsAndNothingElse) {
  using namespace std::string_view_literals;
  EXPECT_EQ(written("plain /<>&"sv), R"("plain /<>&")");
  EXPECT_EQ(written("\"\\\n\r\t\x01\x1f\0"sv), R"("\"\\\n\r\t\u0001\u001f\u0000")");
  EXPECT_EQ(written(""sv), R"("")");
  EXPECT_EQ(written("\x7f"sv), "\"\\u007f\"");
}

TEST(JsonWriter, KeepsUtf8AndReplacesBytesThatAreNone) {
  using namespace std::string_view_literals;
  EXPECT_EQ(written("\xe6\x9c\xaa\xf0\x9f\x98\x80"sv), "\"\xe6\x9c\xaa\xf0\x9f\x98\x80\"");
  EXPECT_EQ(written("a\xff\xe6\x9cz"sv), "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\"");
  EXPECT_EQ(written("\xed\xa0\x80"sv), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");  // a surrogate
}

TEST(JsonWriter, WritesNumbersAtTheirLimits) {
  EXPECT_EQ(written(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(written(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(written(0.1), "0.1");
  EXPECT_EQ(written(std::numeric_limits<double>::infinity()), "0");
  EXPECT_EQ(written(std::numeric_limits<double>::quiet_NaN()), "0");
  EXPECT_EQ(written(true), "true");
}

}  // namespace
}  // namespace tusker::api
