#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class DescribeNodes : public ::testing::Test {
 protected:
  boost::json::array describe(std::string_view json) {
    const Answered answered = world.call("DescribeNodes", json);
    EXPECT_EQ(answered.code, "") << answered.message;
    return boost::json::parse(answered.reply.body).at("Response").at("Nodes").as_array();
  }
  boost::json::array of_cluster() { return describe(fmt::format(R"({{"InstanceId":"{}"}})", id)); }
  link::NodeStatus status_of(std::string_view name, link::NodeStatus::State state) {
    link::NodeStatus status;
    for (const auto& [order, node] : world.model.nodes_of(id)) {
      if (node->name() == name) status.set_id(node->id());
    }
    status.set_state(state);
    return status;
  }
  ApiWorld world;
  const std::string id = world.create("wordcount");
};

TEST_F(DescribeNodes, TellsWhatEachNodeIsAndWhereItIs) {
  const boost::json::array nodes = of_cluster();
  ASSERT_EQ(nodes.size(), 3U);
  const boost::json::value& core = nodes[1];
  EXPECT_EQ(core.at("InstanceName").as_string(), "wordcount");
  EXPECT_EQ(core.at("Name").as_string(), "core-1");
  EXPECT_EQ(core.at("NodeType").as_string(), "core");
  EXPECT_EQ(core.at("HostName").as_string(), "desk");
  EXPECT_EQ(core.at("HostConnected").as_bool(), true);
  EXPECT_EQ(core.at("Cpus").as_int64(), 2);
  EXPECT_EQ(core.at("MemoryBytes").as_int64(), 2048LL << 20);
  EXPECT_EQ(boost::json::serialize(core.at("DiskBytes")), "[8589934592,8589934592]");
  EXPECT_EQ(core.at("Roles").as_array().size(), 3U);
}

TEST_F(DescribeNodes, SaysUnknownOfWhatNoHostHasReported) {
  const boost::json::value node = of_cluster()[0];
  EXPECT_EQ(node.at("State").as_string(), "unknown");
  EXPECT_EQ(node.at("Roles").at(0).at("State").as_string(), "unknown");
}

TEST_F(DescribeNodes, TellsHowRolesAreAndWhyNot) {
  link::NodeStatus master = status_of("master-1", link::NodeStatus::RUNNING);
  master.set_memory_used_bytes(1000);
  link::RoleStatus& role = *master.add_roles();
  role.set_name("NameNode");
  role.set_state(link::RoleStatus::STARTING);
  role.set_not_ready("FSState is not Operational");
  role.set_restarts(2);
  role.set_last_exit_code(137);
  role.add_log("first");
  role.add_log("last");
  link::NodeStatus core = status_of("core-1", link::NodeStatus::FAILED);
  core.mutable_failure()->set_message("no loop device is free");
  world.report_nodes({master, core});

  const boost::json::array nodes = of_cluster();
  EXPECT_EQ(nodes[0].at("State").as_string(), "running");
  EXPECT_EQ(nodes[0].at("MemoryUsedBytes").as_int64(), 1000);
  const boost::json::value& shown = nodes[0].at("Roles").at(0);
  EXPECT_EQ(shown.at("Name").as_string(), "NameNode");
  EXPECT_EQ(shown.at("State").as_string(), "starting");
  EXPECT_EQ(shown.at("NotReady").as_string(),
            "FSState is not Operational; before, it ended with exit code 137, by signal 9");
  EXPECT_EQ(shown.at("LastLog").as_string(), "last");
  EXPECT_EQ(shown.at("Restarts").as_int64(), 2);
  EXPECT_EQ(nodes[1].at("State").as_string(), "failed");
  EXPECT_EQ(nodes[1].at("Note").as_string(), "no loop device is free");
}

TEST_F(DescribeNodes, KeepsTheLastWordOfAHostThatIsAwayAndSaysSo) {
  world.report_nodes({status_of("master-1", link::NodeStatus::RUNNING)});
  world.disconnect_host();
  const boost::json::value node = of_cluster()[0];
  EXPECT_EQ(node.at("State").as_string(), "running");
  EXPECT_EQ(node.at("HostConnected").as_bool(), false);
}

TEST_F(DescribeNodes, ListsAllClustersOfTheCallerAndNoneOfAnotherAccount) {
  const std::string second = world.create("another");
  EXPECT_EQ(describe("{}").size(), 6U);
  store::Cluster foreign = *world.model.cluster(second);
  foreign.set_account(foreign.account() + 1);
  Change change;
  change.put(std::move(foreign));
  world.journal.commit(std::move(change));
  EXPECT_EQ(describe("{}").size(), 3U);
  EXPECT_EQ(world.call("DescribeNodes", fmt::format(R"({{"InstanceId":"{}"}})", second)).code,
            "ResourceNotFound.InstanceNotFound");
}

}  // namespace
}  // namespace tusker::api
