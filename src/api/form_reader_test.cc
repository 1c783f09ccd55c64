#include "api/form_reader.h"

#include <gtest/gtest.h>

namespace tusker::api {
namespace {

// The object as compact text: leaves in quotes.
std::string shown(const Value& value) {
  if (value.kind == Value::Kind::Text) return "'" + std::string(value.text) + "'";
  std::string out = value.kind == Value::Kind::Array ? "[" : "{";
  for (const Value* child = value.first; child != nullptr; child = child->next) {
    if (child != value.first) out += ",";
    if (value.kind == Value::Kind::Object) out += std::string(child->name) + "=";
    out += shown(*child);
  }
  return out + (value.kind == Value::Kind::Array ? "]" : "}");
}

std::string read(std::string_view encoded) {
  Arena arena;
  const auto parameters = read_parameters(encoded, arena);
  if (!parameters.ok()) return "error: " + parameters.error().message();
  const auto object = build_object(*parameters, arena);
  return object.ok() ? shown(**object) : "error: " + object.error().message();
}

TEST(FormReader, BuildsListsAndObjectsFromFlattenedNames) {
  EXPECT_EQ(read("InstanceIds.0=a&InstanceIds.1=b&Limit=10"), "{InstanceIds=['a','b'],Limit='10'}");
  EXPECT_EQ(read("Tags.0.TagKey=k&Tags.0.TagValue=v&Tags.1.TagKey=l"),
            "{Tags=[{TagKey='k',TagValue='v'},{TagKey='l'}]}");
  EXPECT_EQ(read("R.M.MultiDisks.0.DiskType=CLOUD_SSD"),
            "{R={M={MultiDisks=[{DiskType='CLOUD_SSD'}]}}}");
}

TEST(FormReader, OrdersByNumberAndDropsGaps) {
  EXPECT_EQ(read("A.10=k&A.2=c&A.1=b"), "{A=['b','c','k']}");
}

TEST(FormReader, DecodesEscapesOnce) {
  EXPECT_EQ(read("A=a%20b+c%2541&B=%E6%9C%AA&C"), "{A='a b c%41',B='\xe6\x9c\xaa',C=''}");
}

TEST(FormReader, RefusesBrokenEscapesAndTextThatIsNotUtf8) {
  for (const std::string_view bad :
       {"A=%", "A=%2", "A=%zz", "A=%ff", "A=\xff", "%ff=1", "A=%C0%AF", "A=%ED%A0%80"}) {
    EXPECT_TRUE(read(bad).starts_with("error")) << bad;
  }
}

TEST(FormReader, RefusesNamesThatContradictEachOther) {
  for (const std::string_view bad :
       {"A=1&A=2", "A=1&A.B=2", "A.B=2&A=1", "A.=1", ".A=1", "A..B=1", "=1", "A.0=1&A.00=2"}) {
    EXPECT_TRUE(read(bad).starts_with("error")) << bad << " gave " << read(bad);
  }
}

TEST(FormReader, BoundsIndexesDepthAndCount) {
  EXPECT_TRUE(read("A.1000000=1").starts_with("error"));
  EXPECT_EQ(read("A.999999=1"), "{A=['1']}");
  std::string deep = "A";
  for (int i = 0; i < 40; ++i) deep += ".A";
  EXPECT_TRUE(read(deep + "=1").starts_with("error"));
  std::string many;
  for (std::size_t i = 0; i <= kMaxParameters; ++i) many += "A." + std::to_string(i) + "=1&";
  EXPECT_TRUE(read(many).starts_with("error"));
}

TEST(FormReader, KeepsAMixtureOfIndexesAndNamesAsAnObjectForTheDecoderToRefuse) {
  EXPECT_EQ(read("A.0=1&A.B=2"), "{A={B='2',0='1'}}");
}

}  // namespace
}  // namespace tusker::api
