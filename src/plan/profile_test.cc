#include "plan/profile.h"

#include <gtest/gtest.h>

#include "plan/inventory.h"
#include "plan/testing/plan_fixture.h"

namespace tusker {
namespace {

constexpr std::uint64_t kMb = 1 << 20;

TEST(Profiles, EachIsAClusterThatCanRunAJob) {
  for (const Profile& profile : profiles()) {
    const ClusterPlan plan = testing::good_plan(profile.master_spec, profile.core_spec);
    std::uint64_t total = 0;
    for (const store::Node& node : plan.nodes) total += node.spec().memory_bytes();
    EXPECT_EQ(total, profile.total_memory_bytes) << profile.name;
    const int container_mb =
        std::stoi(testing::value(plan, "core-1", "mapred-site.xml", "mapreduce.map.memory.mb"));
    int slots = 0;
    for (const char* core : {"core-1", "core-2"}) {
      slots += std::stoi(testing::value(
                   plan, core, "yarn-site.xml", "yarn.nodemanager.resource.memory-mb")) /
               container_mb;
    }
    EXPECT_GE(slots, 2) << profile.name << ": an ApplicationMaster and a task";
  }
}

TEST(Profiles, DaemonsFitIntoTheirNodes) {
  for (const Profile& profile : profiles()) {
    const ClusterPlan plan = testing::good_plan(profile.master_spec, profile.core_spec);
    for (const store::Node& node : plan.nodes) {
      std::uint64_t used_mb = 128;
      for (const store::Role& role : node.roles()) used_mb += role.heap_bytes() / kMb + 100;
      EXPECT_LE(used_mb, node.spec().memory_bytes() / kMb) << profile.name << " " << node.name();
    }
  }
}

std::uint32_t megabytes(const std::string& file, const std::string& key) {
  const std::size_t at = file.find(key + "=");
  return at == std::string::npos
             ? 0
             : static_cast<std::uint32_t>(std::stoul(file.substr(at + key.size() + 1)));
}

TEST(Profiles, WithSparkRunADriverAnApplicationMasterAndAnExecutor) {
  for (const Profile& profile : profiles({"hdfs", "yarn", "spark"})) {
    SCOPED_TRACE(profile.name);
    CreateRequest asked = testing::request(profile.master_spec, profile.core_spec);
    asked.software = {"hdfs-3.5.0", "yarn-3.5.0", "spark-4.1.4"};
    const auto plan = testing::plan(testing::one_host(), asked);
    ASSERT_TRUE(plan.ok()) << plan.error().message();
    std::uint64_t total = 0;
    for (const store::Node& node : plan->nodes) total += node.spec().memory_bytes();
    EXPECT_EQ(total, profile.total_memory_bytes);

    const std::string file = testing::file(*plan, "master-1", "spark-defaults.conf");
    const std::uint32_t executor_mb =
        megabytes(file, "spark.executor.memory") + megabytes(file, "spark.executor.memoryOverhead");
    const std::uint32_t am_mb =
        megabytes(file, "spark.yarn.am.memory") + megabytes(file, "spark.yarn.am.memoryOverhead");
    const std::uint32_t driver_mb =
        megabytes(file, "spark.driver.memory") + megabytes(file, "spark.driver.memoryOverhead");
    EXPECT_GE(megabytes(file, "spark.executor.memory"), 450U) << "less is refused by Spark";
    const auto node_mb = static_cast<std::uint32_t>(std::stoul(
        testing::value(*plan, "core-1", "yarn-site.xml", "yarn.nodemanager.resource.memory-mb")));
    EXPECT_LE(am_mb + executor_mb, node_mb);
    EXPECT_LE(driver_mb, node_mb) << "a driver in cluster mode";
  }
}

TEST(Profiles, WithZookeeperHaveRoomForIt) {
  for (const Profile& profile : profiles({"hdfs", "yarn", "zookeeper"})) {
    SCOPED_TRACE(profile.name);
    CreateRequest asked = testing::request(profile.master_spec, profile.core_spec);
    asked.software = {"hdfs-3.5.0", "yarn-3.5.0", "zookeeper-3.9.5"};
    const auto plan = testing::plan(testing::one_host(), asked);
    ASSERT_TRUE(plan.ok()) << plan.error().message();
    std::uint64_t total = 0;
    for (const store::Node& node : plan->nodes) total += node.spec().memory_bytes();
    EXPECT_EQ(total, profile.total_memory_bytes);
  }
}

TEST(Profiles, TheLargestThatFitsIsTaken) {
  EXPECT_FALSE(largest_profile_that_fits(3071 * kMb).has_value());
  EXPECT_EQ(largest_profile_that_fits(3072 * kMb)->name, "small");
  EXPECT_EQ(largest_profile_that_fits(7000 * kMb)->name, "medium");
  EXPECT_EQ(largest_profile_that_fits(20000 * kMb)->name, "large");
}

TEST(Profiles, TheSmallestFitsAMachineOf4Gb) {
  const std::uint64_t memory = 3860 * kMb;  // what Linux shows of 4 GB
  EXPECT_EQ(largest_profile_that_fits(memory - memory_reserve(memory))->name, "small");
}

}  // namespace
}  // namespace tusker
