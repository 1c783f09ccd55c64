#include "plan/growth.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "plan/conditions.h"
#include "plan/testing/plan_fixture.h"

namespace tusker {
namespace {

using testing::good_plan;
using testing::node;

constexpr WallTime kLater{1767225700000};

Result<GrowthPlan> grown(const ClusterPlan& before,
                         store::NodeType type,
                         std::uint32_t count,
                         const std::vector<ScriptRequest>& scripts = {}) {
  SeededRandom random(7);
  Inventory inventory = testing::one_host();
  for (const store::Node& each : before.nodes)
    inventory.hosts[0].used_addresses.insert(each.address());
  return plan_growth(testing::definitions(),
                     inventory,
                     before.cluster,
                     before.nodes,
                     type,
                     count,
                     scripts,
                     random,
                     kLater);
}

std::string content(const GrowthPlan& plan, const std::string& id, const std::string& path) {
  for (const store::File& file : plan.files.of_node.at(id)) {
    if (file.path() != path) continue;
    for (const store::FileContent& one : plan.files.contents) {
      if (one.digest() == file.digest()) return one.content();
    }
  }
  return "(none)";
}

TEST(Growth, AddsNodesLikeThoseThatAreThere) {
  const ClusterPlan before = good_plan();
  const GrowthPlan plan = grown(before, store::CORE, 2).value();
  ASSERT_EQ(plan.nodes.size(), 2U);
  const store::Node& added = plan.nodes[0];
  const store::Node& example = node(before, "core-2");
  EXPECT_EQ(added.name(), "core-3");
  EXPECT_TRUE(added.prepared());
  EXPECT_EQ(added.image(), example.image());
  EXPECT_EQ(added.mounts_size(), example.mounts_size());
  EXPECT_EQ(added.roles_size(), example.roles_size());
  EXPECT_EQ(added.roles(0).SerializeAsString(), example.roles(0).SerializeAsString());
  EXPECT_EQ(added.address(), "10.64.0.5");
  EXPECT_EQ(plan.nodes[1].address(), "10.64.0.6");
}

TEST(Growth, RunsTheClustersScriptsOrItsOwnInTheirPlace) {
  CreateRequest request = testing::request("TK.SMALL1", "TK.SMALL1");
  request.scripts = {{.name = "first.sh", .arguments = {}, .content = "true"}};
  const ClusterPlan before = testing::plan(testing::one_host(), request).value();
  const GrowthPlan same = grown(before, store::CORE, 1).value();
  ASSERT_EQ(same.nodes[0].scripts_size(), 1);
  EXPECT_EQ(same.nodes[0].scripts(0).name(), "first.sh");
  const GrowthPlan plan =
      grown(before, store::CORE, 1, {{.name = "other.sh", .arguments = {}, .content = "false"}})
          .value();
  ASSERT_EQ(plan.nodes[0].scripts_size(), 1);
  EXPECT_EQ(plan.nodes[0].scripts(0).name(), "other.sh");
  EXPECT_EQ(content(plan, plan.nodes[0].id(), "scripts/01-other.sh"), "false");
  EXPECT_EQ(plan.cluster.scripts(0).name(), "first.sh");
}

TEST(Growth, NeverUsesAnIndexAgain) {
  ClusterPlan before = good_plan();
  before.nodes.pop_back();  // core-2 has left
  const GrowthPlan plan = grown(before, store::CORE, 1).value();
  EXPECT_EQ(plan.nodes[0].name(), "core-3");
  EXPECT_EQ(plan.cluster.groups(1).last_index(), 3U);
}

TEST(Growth, TellsTheOthersOfTheNewNodes) {
  const ClusterPlan before = good_plan();
  const GrowthPlan plan = grown(before, store::CORE, 1).value();
  const std::string& master = before.nodes[0].id();
  for (const char* const path : {"hosts", "topology", "dfs.include", "yarn.include"}) {
    EXPECT_NE(content(plan, master, path).find("10.64.0.5"), std::string::npos) << path;
    EXPECT_EQ(content(plan, plan.nodes[0].id(), path), content(plan, master, path)) << path;
  }
  EXPECT_EQ(content(plan, master, "dfs.exclude"), "");
}

TEST(Growth, OfASingleCopySaysThatFilesKeepIt) {
  const GrowthPlan plan = grown(good_plan("TK.SMALL1", "TK.SMALL1", 1), store::CORE, 1).value();
  ASSERT_EQ(plan.warnings.size(), 1U);
  EXPECT_NE(plan.warnings[0].find("-setrep"), std::string::npos);
  EXPECT_TRUE(grown(good_plan(), store::CORE, 1).value().warnings.empty());
}

TEST(Growth, OfTaskNodesTakesTheCoreNodesSpecAndNoDataNode) {
  const ClusterPlan before = good_plan();
  const GrowthPlan plan = grown(before, store::TASK, 1).value();
  EXPECT_EQ(plan.nodes[0].name(), "task-1");
  EXPECT_EQ(plan.nodes[0].spec().memory_bytes(), node(before, "core-1").spec().memory_bytes());
  ASSERT_EQ(plan.nodes[0].roles_size(), 1);
  EXPECT_EQ(plan.nodes[0].roles(0).name(), "NodeManager");
  ASSERT_EQ(plan.cluster.groups_size(), 3);
  EXPECT_EQ(plan.cluster.groups(2).type(), store::TASK);
}

TEST(Growth, RefusesMastersAndNothing) {
  const ClusterPlan before = good_plan();
  EXPECT_EQ(grown(before, store::MASTER, 1).error().code(), ErrorCode::Unsupported);
  EXPECT_EQ(grown(before, store::CORE, 0).error().code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(grown(before, store::CORE, 100).error().code(), ErrorCode::ResourceExhausted);
}

TEST(Growth, NodesThatLeaveAreDrainedWhenOthersHaveAll) {
  ClusterPlan made = good_plan("TK.SMALL1", "TK.SMALL1", 3);
  made.nodes.back().set_leaving(true);
  using Compare = Condition::Compare;
  const std::vector<Condition> wanted = {
      {"NameNode", "NumDecomLiveDataNodes", "1", Compare::OrMore},
      {"NameNode", "NumDecommissioningDataNodes", "0"},
      {"ResourceManager", "activeNodes", "2", Compare::OrLess},
      {"ResourceManager", "decommissioningNodes", "0"}};
  std::vector<Condition> found =
      drained_conditions(testing::definitions(), made.cluster, made.nodes);
  std::sort(found.begin(), found.end(), [](const Condition& a, const Condition& b) {
    return std::pair(a.role, a.fact) < std::pair(b.role, b.fact);
  });
  EXPECT_EQ(found, wanted);
}

TEST(Condition, ComparesNumbersAndNothingElse) {
  const Condition more{"NameNode", "NumLiveDataNodes", "2", Condition::Compare::OrMore};
  EXPECT_TRUE(more.holds("2"));
  EXPECT_TRUE(more.holds("10"));
  EXPECT_FALSE(more.holds("1"));
  EXPECT_FALSE(more.holds("many"));
  const Condition less{"ResourceManager", "activeNodes", "2", Condition::Compare::OrLess};
  EXPECT_TRUE(less.holds("1"));
  EXPECT_FALSE(less.holds("3"));
  const Condition same{"NameNode", "FSState", "Operational"};
  EXPECT_TRUE(same.holds("Operational"));
  EXPECT_FALSE(same.holds("safeMode"));
}

}  // namespace
}  // namespace tusker
