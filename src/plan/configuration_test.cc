#include "plan/configuration.h"

#include <gtest/gtest.h>

#include "plan/explain.h"
#include "plan/testing/plan_fixture.h"

namespace tusker {
namespace {

const ConfiguredValue& value_of(const Configuration& configuration,
                                const std::string& file,
                                const std::string& key) {
  return configuration.files.at(file).at(key);
}

TEST(Configuration, TheNarrowestScopeWins) {
  const ClusterPlan plan = testing::good_plan();
  Definitions definitions = testing::definitions();
  definitions.releases[0].settings["fs.trash.interval"] = "10";
  definitions.releases[0].settings["dfs.replication"] = "9";
  GivenSettings given;
  const store::Node& node = plan.nodes[1];
  const auto trash = [&] {
    const auto made = configure_node(definitions, plan.cluster, plan.nodes, node, given);
    EXPECT_TRUE(made.ok());
    return value_of(*made, "core-site.xml", "fs.trash.interval");
  };
  EXPECT_EQ(trash().text, "10");
  EXPECT_EQ(trash().layer, Layer::Release);
  given.cluster.properties["core-site.xml"]["fs.trash.interval"] = "20";
  EXPECT_EQ(trash().text, "20");
  given.group[store::CORE]["core-site.xml"]["fs.trash.interval"] = "30";
  EXPECT_EQ(trash().text, "30");
  given.group[store::MASTER]["core-site.xml"]["fs.trash.interval"] = "35";
  given.node["emr-vm-other000"]["core-site.xml"]["fs.trash.interval"] = "36";
  EXPECT_EQ(trash().text, "30");
  given.node[node.id()]["core-site.xml"]["fs.trash.interval"] = "40";
  EXPECT_EQ(trash().text, "40");
  const std::vector<std::pair<Layer, std::string>> covered = {{Layer::Default, "1440"},
                                                              {Layer::Release, "10"},
                                                              {Layer::Cluster, "20"},
                                                              {Layer::Group, "30"}};
  EXPECT_EQ(trash().covered, covered);
  const auto made = configure_node(definitions, plan.cluster, plan.nodes, node, given);
  EXPECT_EQ(value_of(*made, "hdfs-site.xml", "dfs.replication").text,
            "2");  // sizing covers the release
  EXPECT_EQ(value_of(*made, "hdfs-site.xml", "dfs.replication").layer, Layer::Sizing);
}

TEST(Configuration, NamesAreFilledIn) {
  const ClusterPlan plan = testing::good_plan();
  EXPECT_EQ(testing::value(plan, "core-2", "core-site.xml", "fs.defaultFS"),
            "hdfs://master-1." + plan.cluster.id() + ".tusker.internal:4007");
  EXPECT_EQ(testing::value(plan, "core-2", "core-site.xml", "hadoop.tmp.dir"),
            "/data/1/tmp/hadoop-${user.name}");
}

TEST(Configuration, HostsNameEveryNodeWithItsShortAlias) {
  const ClusterPlan plan = testing::good_plan();
  const std::string& id = plan.cluster.id();
  EXPECT_EQ(testing::file(plan, "core-2", "hosts"),
            "127.0.0.1 localhost\n10.64.0.2 master-1." + id +
                ".tusker.internal master-1\n10.64.0.3 core-1." + id +
                ".tusker.internal core-1\n10.64.0.4 core-2." + id + ".tusker.internal core-2\n");
}

TEST(Explain, TellsValueLayerAndFormula) {
  const ClusterPlan plan = testing::good_plan();
  const auto memory = explain(testing::definitions(),
                              plan.cluster,
                              plan.nodes,
                              plan.nodes[1],
                              "yarn.nodemanager.resource.memory-mb");
  ASSERT_TRUE(memory.ok());
  EXPECT_EQ(memory->file, "yarn-site.xml");
  EXPECT_EQ(memory->layer, "sizing");
  EXPECT_EQ(memory->formula, "nodemanager_mb");
  EXPECT_EQ(memory->inputs, "nodemanager_mb=" + memory->value);
  EXPECT_EQ(memory->value,
            testing::value(plan, "core-1", "yarn-site.xml", "yarn.nodemanager.resource.memory-mb"));
  const auto options = explain(
      testing::definitions(), plan.cluster, plan.nodes, plan.nodes[1], "mapreduce.map.java.opts");
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->layer, "default");
  EXPECT_NE(options->inputs.find("task_heap_mb="), std::string::npos);
}

TEST(Explain, OfAnUnknownKeyNamesTheNearest) {
  const ClusterPlan plan = testing::good_plan();
  const auto found =
      explain(testing::definitions(), plan.cluster, plan.nodes, plan.nodes[1], "dfs.replicatoin");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code(), ErrorCode::NotFound);
  EXPECT_NE(found.error().message().find("did you mean \"dfs.replication\"?"), std::string::npos);
}

}  // namespace
}  // namespace tusker
