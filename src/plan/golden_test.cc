// Rendered configuration of whole clusters against testdata/; TK_UPDATE_GOLDEN=1 rewrites it, and
// the difference is what a review reads.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "base/file.h"
#include "plan/testing/plan_fixture.h"

namespace tusker {
namespace {

// Everything of a node that a role can see, as one text.
std::string rendered(const ClusterPlan& plan, const std::string& name) {
  std::string out;
  for (const store::File& row : testing::node(plan, name).files()) {
    const bool text = !row.path().ends_with(".tar");
    out += fmt::format("==== {} {:04o}\n{}",
                       row.path(),
                       row.mode(),
                       text ? testing::file(plan, name, row.path()) : "(archive)\n");
  }
  for (const store::Role& role : testing::node(plan, name).roles()) {
    out += fmt::format("==== role {} user {}\n", role.name(), role.user());
    for (const std::string& argument : role.argv()) out += argument + "\n";
  }
  return out;
}

void expect_golden(const std::string& file, const std::string& text) {
  const std::string path = std::string(TUSKER_SOURCE_DIR) + "/src/plan/testdata/" + file;
  if (std::getenv("TK_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file_atomic(path, text, 0644).ok()) << path;
    return;
  }
  const auto golden = read_file(path);
  ASSERT_TRUE(golden.ok()) << golden.error().message();
  EXPECT_EQ(*golden, text) << "run with TK_UPDATE_GOLDEN=1 and read the difference of " << path;
}

TEST(RenderedConfiguration, OfTheSmallProfileIsAsReviewed) {
  const ClusterPlan plan = testing::good_plan("TK.SMALL1", "TK.SMALL1");
  expect_golden("small-master-1.golden", rendered(plan, "master-1"));
  expect_golden("small-core-1.golden", rendered(plan, "core-1"));
}

TEST(RenderedConfiguration, WithSparkIsAsReviewed) {
  CreateRequest asked = testing::request("TK.SMALL4", "TK.SMALL2");
  asked.software = {"hdfs-3.5.0", "yarn-3.5.0", "spark-4.1.4", "sparkconnect-4.1.4"};
  const auto plan = testing::plan(testing::one_host(), asked);
  ASSERT_TRUE(plan.ok()) << plan.error().message();
  expect_golden("spark-master-1.golden", rendered(*plan, "master-1"));
  expect_golden("spark-core-1.golden", rendered(*plan, "core-1"));
}

TEST(RenderedConfiguration, WithZookeeperIsAsReviewed) {
  CreateRequest asked = testing::request("TK.SMALL1", "TK.SMALL1");
  asked.software = {"zookeeper-3.9.5"};
  const auto plan = testing::plan(testing::one_host(), asked);
  ASSERT_TRUE(plan.ok()) << plan.error().message();
  expect_golden("zookeeper-master-1.golden", rendered(*plan, "master-1"));
  expect_golden("zookeeper-core-1.golden", rendered(*plan, "core-1"));
}

TEST(RenderedConfiguration, OfLargerNodesIsAsReviewed) {
  const ClusterPlan plan = testing::good_plan("TK.LARGE16", "TK.LARGE16");
  expect_golden("large-master-1.golden", rendered(plan, "master-1"));
  expect_golden("large-core-1.golden", rendered(plan, "core-1"));
}

}  // namespace
}  // namespace tusker
