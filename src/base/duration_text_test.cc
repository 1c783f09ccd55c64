#include "base/duration_text.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

using namespace std::chrono_literals;

TEST(ParseDuration, TakesDigitsAndOneUnit) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("90s"), 90s);
  EXPECT_EQ(parse_duration("30m"), 30min);
  EXPECT_EQ(parse_duration("8h"), 8h);
  EXPECT_EQ(parse_duration("2d"), 48h);
  EXPECT_EQ(parse_duration("999999999d"), 100000h) << "no overflow";
}

TEST(ParseDuration, TakesNothingElse) {
  for (const char* text : {"", "h", "8", "8 h", "-8h", "8hh", "1.5h", "9999999999s", "8H"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

}  // namespace
}  // namespace tusker
