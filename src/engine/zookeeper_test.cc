#include "engine/zookeeper.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

constexpr std::string_view kFigures =
    "zk_version\t3.9.5-293c895a8d966a3ecb92872be4a1daf87d725da2, built on 2026-02-11 20:18 UTC\n"
    "zk_server_state\tstandalone\n"
    "zk_avg_latency\t0.5\n"
    "zk_znode_count\t5\n"
    "zk_num_alive_connections\t1\n";

TEST(ZookeeperFigures, AreTheFactsThatWereAskedFor) {
  const auto facts =
      facts_of_figures(kFigures, {"zk_server_state", "zk_znode_count", "zk_learners"});
  ASSERT_TRUE(facts.ok()) << facts.error().message();
  EXPECT_EQ(*facts, (Facts{{"zk_server_state", "standalone"}, {"zk_znode_count", "5"}}));
}

TEST(ZookeeperFigures, MayEndWithoutALineEnd) {
  const auto facts = facts_of_figures("a\t1\nb\t", {"a", "b"});
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(*facts, (Facts{{"a", "1"}, {"b", ""}}));
}

// What a server says that has opened its port and still reads its data, and one that is told
// nothing of this word.
TEST(ZookeeperFigures, ARefusalIsShown) {
  for (const char* answer : {"This ZooKeeper instance is not currently serving requests\n",
                             "mntr is not executed because it is not in the whitelist.\n",
                             ""}) {
    const auto facts = facts_of_figures(answer, {"zk_server_state"});
    ASSERT_FALSE(facts.ok()) << answer;
    EXPECT_EQ(facts.error().code(), ErrorCode::FailedPrecondition);
    const std::string said = std::string(answer).substr(0, std::string(answer).find('\n'));
    EXPECT_NE(facts.error().message().find("'" + said + "'"), std::string::npos)
        << facts.error().message();
  }
}

}  // namespace
}  // namespace tusker
