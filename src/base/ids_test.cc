#include "base/ids.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace tusker {
namespace {

TEST(Ids, HaveTheFormThatIsChecked) {
  SeededRandom random(1);
  EXPECT_TRUE(is_cluster_id(make_cluster_id(random).text()));
  EXPECT_TRUE(is_node_id(make_node_id(random).text()));
  EXPECT_TRUE(is_uuid(make_host_id(random).text()));
  EXPECT_EQ(make_node_id(random).text().size(), 15U) << "the longest name of a network interface";
  EXPECT_NE(make_node_id(random), make_node_id(random));
}

TEST(Ids, OfAnotherFormAreRefused) {
  EXPECT_TRUE(is_cluster_id("emr-abcdefg1"));
  EXPECT_FALSE(is_node_id("emr-abcdefg1"));
  for (const char* bad : {"",
                          "emr-",
                          "emr-abcdefg",
                          "emr-abcdefghi",
                          "emr-ABCDEFGH",
                          "emr-../../a",
                          "EMR-abcdefgh"}) {
    EXPECT_FALSE(is_cluster_id(bad)) << bad;
  }
  EXPECT_TRUE(is_uuid("01234567-89ab-4cde-8f01-23456789abcd"));
  EXPECT_FALSE(is_uuid("01234567-89AB-4cde-8f01-23456789abcd"));
  EXPECT_FALSE(is_uuid("0123456789ab-4cde-8f01-23456789abcd--"));
  EXPECT_FALSE(is_uuid("01234567-89ab-4cde-8f01-23456789abc/"));
}

TEST(Ids, FormatAndHashAsTheirText) {
  EXPECT_EQ(fmt::format("{} {}", ClusterId("emr-abcdefg1"), FlowId{7}), "emr-abcdefg1 7");
  EXPECT_EQ(std::hash<NodeId>()(NodeId("a")), std::hash<NodeId>()(NodeId("a")));
}

}  // namespace
}  // namespace tusker
