#include "engine/facts.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

constexpr std::string_view kJmx =
    R"({"beans":[{"name":"Hadoop:service=NameNode,name=FSNamesystemState",
  "FSState":"Operational","NumLiveDataNodes":2,"CapacityUsed":12.5,"Enabled":true,"Nothing":null}]})";

TEST(JmxFacts, AreTextOfStringsNumbersAndBooleans) {
  const auto facts = facts_of_jmx(kJmx, {"FSState", "NumLiveDataNodes", "Enabled", "Absent"});
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(*facts,
            (Facts{{"FSState", "Operational"}, {"NumLiveDataNodes", "2"}, {"Enabled", "true"}}));
}

TEST(JmxFacts, SayThatABeanIsNotRegisteredYet) {
  const auto facts = facts_of_jmx(R"({"beans":[]})", {"FSState"});
  ASSERT_FALSE(facts.ok());
  EXPECT_EQ(facts.error().code(), ErrorCode::NotFound);
}

TEST(JmxFacts, RefuseWhatIsNoSuchAnswer) {
  for (const char* body : {"", "<html>", "[]", R"({"beans":3})", R"({"beans":[7]})"}) {
    const auto facts = facts_of_jmx(body, {"FSState"});
    ASSERT_FALSE(facts.ok()) << body;
    EXPECT_EQ(facts.error().code(), ErrorCode::Corrupt) << body;
  }
}

TEST(JmxFacts, LookIntoTextsOfJson) {
  constexpr std::string_view kBody =
      R"({"beans":[{"Actors":"[{\"Last\":\"2\",\"a/b\":{}}]","Plain":"two words"}]})";
  const auto facts = facts_of_jmx(kBody, {"Actors/0/Last", "Actors/1/Last", "Plain/0", "None/0"});
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(*facts, (Facts{{"Last", "2"}}));
  EXPECT_EQ(jmx_path("a:b=c", {"Actors/0/Last"}), "/jmx?get=a:b=c::Actors");
}

TEST(JmxFacts, LeaveOutWhatIsTooLong) {
  const std::string body =
      R"({"beans":[{"LiveNodes":")" + std::string(kMaxFactBytes + 1, 'x') + R"("}]})";
  const auto facts = facts_of_jmx(body, {"LiveNodes"});
  ASSERT_TRUE(facts.ok());
  EXPECT_TRUE(facts->empty());
}

TEST(JmxPath, EscapesWhatAQueryMayNotHold) {
  EXPECT_EQ(jmx_path("Hadoop:service=NameNode,name=A b&c", {"X", "Y"}),
            "/jmx?qry=Hadoop:service=NameNode,name=A%20b%26c");
}

TEST(JmxPath, AsksForASingleAttributeAlone) {
  EXPECT_EQ(jmx_path("Hadoop:service=DataNode,name=DataNodeInfo", {"ClusterId"}),
            "/jmx?get=Hadoop:service=DataNode,name=DataNodeInfo::ClusterId");
}

TEST(JsonFacts, FollowPointers) {
  const auto facts =
      facts_of_json(R"({"clusterMetrics":{"activeNodes":2,"list":[{"state":"RUNNING"}]}})",
                    {{"active", "/clusterMetrics/activeNodes"},
                     {"state", "/clusterMetrics/list/0/state"},
                     {"absent", "/clusterMetrics/nothing"}});
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(*facts, (Facts{{"active", "2"}, {"state", "RUNNING"}}));
}

TEST(JsonFacts, RefuseWhatIsNoPointer) {
  const auto facts = facts_of_json("{}", {{"active", "clusterMetrics"}});
  ASSERT_FALSE(facts.ok());
  EXPECT_EQ(facts.error().code(), ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace tusker
