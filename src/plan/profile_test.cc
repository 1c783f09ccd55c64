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
