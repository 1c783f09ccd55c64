#include "api/json_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace tusker::api {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

const Value& member(const Value& object, std::string_view name) {
  for (const Value* value = object.first; value != nullptr; value = value->next) {
    if (value->name == name) return *value;
  }
  static const Value kNone;
  return kNone;
}

std::string error_of(std::string_view body) {
  Arena arena;
  const auto read = read_json(body, arena);
  return read.ok() ? "" : read.error().message();
}

TEST(JsonReader, KeepsEveryKindOfValue) {
  Arena arena;
  const Value& root = **read_json(
      R"({"s":"x","i":-7,"u":18446744073709551615,"d":1.5,"t":true,"n":null,"a":[1,[2]],"o":{"k":"v"}})",
      arena);
  EXPECT_EQ(member(root, "s").text, "x");
  EXPECT_EQ(member(root, "i").integer, -7);
  EXPECT_EQ(member(root, "u").natural, 18446744073709551615U);
  EXPECT_EQ(member(root, "d").real, 1.5);
  EXPECT_TRUE(member(root, "t").boolean);
  EXPECT_EQ(member(root, "n").kind, Value::Kind::Null);
  EXPECT_EQ(member(root, "a").size, 2U);
  EXPECT_EQ(member(root, "a").first->next->kind, Value::Kind::Array);
  EXPECT_EQ(member(member(root, "o"), "k").text, "v");
}

TEST(JsonReader, TakesAnEmptyBodyForAnEmptyObject) {
  Arena arena;
  EXPECT_EQ((*read_json("", arena))->size, 0U);
  EXPECT_EQ((*read_json(" \r\n\t", arena))->size, 0U);
}

TEST(JsonReader, UnescapesTextsAndPairsOfSurrogates) {
  Arena arena;
  const Value& root = **read_json(R"({"a":"\u672a\n\"\\","b":"\ud83d\ude00","\u0063":1})", arena);
  EXPECT_EQ(member(root, "a").text, "\xe6\x9c\xaa\n\"\\");
  EXPECT_EQ(member(root, "b").text, "\xf0\x9f\x98\x80");
  EXPECT_EQ(member(root, "c").integer, 1);
}

TEST(JsonReader, UnescapesTextsLongerThanTheParsersOwnBuffer) {
  Arena arena;
  const std::string body = R"({"a":")" + repeated(R"(\n)", 20'000) + R"("})";
  EXPECT_EQ(member(**read_json(body, arena), "a").text, std::string(20'000, '\n'));
}

TEST(JsonReader, KeepsDuplicatesForTheDecoderToRefuse) {
  Arena arena;
  EXPECT_EQ((*read_json(R"({"a":1,"a":2})", arena))->size, 2U);
}

TEST(JsonReader, RefusesLoneSurrogatesAndBytesThatAreNotUtf8) {
  EXPECT_NE(error_of(R"({"a":"\ud83d"})"), "");
  EXPECT_NE(error_of(R"({"a":"\ude00\ud83d"})"), "");
  EXPECT_NE(error_of("{\"a\":\"\xff\"}"), "");
  EXPECT_NE(error_of("{\"a\":\"\xc0\xaf\"}"), "");
}

TEST(JsonReader, RefusesWhatIsNotOneJsonObject) {
  using namespace std::string_view_literals;
  for (const std::string_view body : {"[]"sv,
                                      "1"sv,
                                      "null"sv,
                                      "\"a\""sv,
                                      "{"sv,
                                      "{}{}"sv,
                                      "{} x"sv,
                                      "{a:1}"sv,
                                      "{'a':1}"sv,
                                      "{\"a\":1,}"sv,
                                      "{\"a\":01}"sv,
                                      "{\"a\":NaN}"sv,
                                      "{\"a\":1}\0"sv,
                                      "// c\n{}"sv,
                                      "{\"a\" 1}"sv}) {
    EXPECT_NE(error_of(body), "") << body;
  }
}

TEST(JsonReader, RefusesADepthBombWithoutRecursingIntoIt) {
  EXPECT_EQ(error_of("{\"a\":" + repeated("[", 15) + repeated("]", 15) + "}"), "");
  EXPECT_NE(error_of("{\"a\":" + repeated("[", 16) + repeated("]", 16) + "}")
                .find("nested deeper than 16"),
            std::string::npos);
  EXPECT_NE(error_of("{\"a\":" + repeated("[", 5'000'000)).find("nested deeper"),
            std::string::npos);
  EXPECT_NE(error_of(repeated("{\"a\":", 1'000'000)).find("nested deeper"), std::string::npos);
}

TEST(JsonReader, RefusesMoreValuesThanARequestMayHave) {
  EXPECT_NE(error_of("{\"a\":[" + repeated("1,", kMaxValues) + "1]}").find("more than 50000"),
            std::string::npos);
}

TEST(JsonReader, ReadsNumbersBeyond64BitsAsNumbersThatAreNoIntegers) {
  Arena arena;
  const Value& root = **read_json(
      R"({"a":18446744073709551616,"b":-9223372036854775809,"c":1e2,"d":1e400})", arena);
  for (const std::string_view name : {"a", "b", "c", "d"})
    EXPECT_EQ(member(root, name).kind, Value::Kind::Double) << name;
}

}  // namespace
}  // namespace tusker::api
