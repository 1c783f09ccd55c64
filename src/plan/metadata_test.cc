#include "plan/metadata.h"

#include <gtest/gtest.h>

#include "plan/testing/plan_fixture.h"

namespace tusker {
namespace {

std::string name_of(const ClusterPlan& plan, const MetadataHolder& holder) {
  for (const store::Node& node : plan.nodes) {
    if (node.id() == holder.node_id) return holder.role->name + " on " + node.name();
  }
  return "nowhere";
}

TEST(MetadataHolders, AreTheNameNodeAndWhoMergesItsMetadata) {
  const ClusterPlan plan = testing::good_plan();
  const auto holders = metadata_holders(testing::definitions(), plan.cluster, plan.nodes);
  ASSERT_TRUE(holders);
  EXPECT_EQ(name_of(plan, holders->source), "NameNode on master-1");
  ASSERT_EQ(holders->followers.size(), 1U);
  EXPECT_EQ(name_of(plan, holders->followers[0]), "SecondaryNameNode on core-1");
}

TEST(MetadataHolders, AreNotOnNodesThatAreBeingRemoved) {
  ClusterPlan plan = testing::good_plan();
  for (store::Node& node : plan.nodes) node.set_removing(node.name() == "core-1");
  const auto holders = metadata_holders(testing::definitions(), plan.cluster, plan.nodes);
  ASSERT_TRUE(holders);
  EXPECT_TRUE(holders->followers.empty());

  for (store::Node& node : plan.nodes) node.set_removing(true);
  EXPECT_FALSE(metadata_holders(testing::definitions(), plan.cluster, plan.nodes));
}

}  // namespace
}  // namespace tusker
