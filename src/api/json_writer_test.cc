#include "api/json_writer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace tusker::api {
namespace {

std::string written(std::string_view text) {
  std::string out;
  append_json(out, text);
  return out;
}

template <typename T>
std::string written_scalar(T scalar) {
  char out[JsonWriter::kLongestNumber];
  return {out, put(out, scalar)};
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

TEST(JsonWriter, EscapesWhereverItIsInALongText) {
  // Texts are copied eight bytes at a time: every place within them, before and after.
  for (std::size_t size = 1; size < 40; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      for (const auto& [special, wanted] : {std::pair<std::string, std::string>{"\"", "\\\""},
                                            {"\x1f", "\\u001f"},
                                            {"\x7f", "\\u007f"},
                                            {"\xe6\x9c\xaa", "\xe6\x9c\xaa"},
                                            {"\x80", "\xef\xbf\xbd"}}) {
        const std::string before(place, 'x');
        const std::string after(size - place, '~');
        EXPECT_EQ(written(fmt::format("{}{}{}", before, special, after)),
                  fmt::format("\"{}{}{}\"", before, wanted, after));
      }
    }
  }
}

TEST(JsonWriter, GrowsBehindWhatTheTextHeldAndLeavesRoom) {
  std::string out = "before ";
  const std::string controls(10'000, '\n');
  JsonWriter writer(out);
  char* at = put(writer.begin(), "[");
  at = writer.text(at, controls);
  at = std::fill_n(at, JsonWriter::kRoom, 'x');  // a sanitizer sees it if there is no such room
  at = std::fill_n(writer.ensure(at), JsonWriter::kRoom, 'x');
  writer.finish(put(writer.ensure(at), std::int64_t{-7}));
  EXPECT_EQ(out.size(), 7 + 1 + 2 + 20'000 + 2 * JsonWriter::kRoom + 2);
  EXPECT_TRUE(out.starts_with("before [\"\\n\\n"));
  EXPECT_TRUE(out.ends_with("xx-7"));
}

TEST(JsonWriter, WritesNumbersAtTheirLimits) {
  EXPECT_EQ(written_scalar(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(written_scalar(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(written_scalar(0.1), "0.1");
  EXPECT_EQ(written_scalar(std::numeric_limits<double>::infinity()), "0");
  EXPECT_EQ(written_scalar(std::numeric_limits<double>::quiet_NaN()), "0");
  EXPECT_EQ(written_scalar(true), "true");
}

}  // namespace
}  // namespace tusker::api
