#include "control/drain_work.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

using namespace std::chrono_literals;

TEST(FallRate, IsThatOfTheLastTenSeconds) {
  FallRate rate;
  const Time start{100s};
  EXPECT_FALSE(rate.per_second());
  rate.saw(start, 1000);
  EXPECT_FALSE(rate.per_second());
  for (int second = 1; second <= 60; ++second)
    rate.saw(start + std::chrono::seconds(second), 1000 - 2 * second);
  ASSERT_TRUE(rate.per_second());
  EXPECT_DOUBLE_EQ(*rate.per_second(), 2);
  for (int second = 61; second <= 80; ++second) rate.saw(start + std::chrono::seconds(second), 880);
  EXPECT_FALSE(rate.per_second()) << "it stands";
}

TEST(DrainText, SaysWhatIsLeftAndWhatHoldsIt) {
  store::Cluster cluster;
  cluster.set_name("wordcount");
  EXPECT_EQ(drain_text(cluster, {}, 3), "");
  EXPECT_EQ(drain_text(cluster, {35, 0, ""}, std::nullopt), "HDFS has 35 blocks to copy; ");
  EXPECT_EQ(drain_text(cluster, {35, 0, ""}, 12.04), "HDFS has 35 blocks to copy, 12.0 a second; ");
  EXPECT_EQ(drain_text(cluster, {1, 0, ""}, std::nullopt), "HDFS has 1 block to copy; ");
  const std::string open =
      drain_text(cluster, {0, 2, "/logs/today (from 10.231.0.3)"}, std::nullopt);
  EXPECT_TRUE(open.starts_with(
      "2 blocks are of files that are still being written: /logs/today (from 10.231.0.3); "))
      << open;
  EXPECT_NE(open.find("tusker run wordcount"), std::string::npos);
  DrainWork work{.applications = 3, .application = "application_1_0001 (word count)"};
  EXPECT_EQ(drain_text(cluster, work, std::nullopt),
            "YARN waits for applications that ran there to end; running: application_1_0001 "
            "(word count) and 2 more; ");
  work.blocks = 2;
  work.applications = 1;
  EXPECT_EQ(
      drain_text(cluster, work, std::nullopt),
      "HDFS has 2 blocks to copy; YARN waits for applications that ran there to end; running: "
      "application_1_0001 (word count); ");
}

}  // namespace
}  // namespace tusker
