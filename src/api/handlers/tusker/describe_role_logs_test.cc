#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class DescribeRoleLogs : public ::testing::Test {
 protected:
  boost::json::array describe(std::string_view more = "") {
    const Answered answered =
        world.call("DescribeRoleLogs", fmt::format(R"({{"InstanceId":"{}"{}}})", id, more));
    EXPECT_EQ(answered.code, "") << answered.message;
    return boost::json::parse(answered.reply.body).at("Response").at("Logs").as_array();
  }
  link::KeptLogs kept(const std::string& node, const std::string& name) const {
    link::KeptLogs logs;
    logs.set_node_id(node);
    logs.set_cluster_id(id);
    logs.set_name(name);
    logs.add_roles("DataNode");
    return logs;
  }
  ApiWorld world;
  const std::string id = world.create("wordcount");
};

TEST_F(DescribeRoleLogs, ListsTheRolesOfEachNode) {
  const boost::json::array logs = describe();
  ASSERT_EQ(logs.size(), 3U);
  EXPECT_EQ(logs[1].at("Name").as_string(), "core-1");
  EXPECT_EQ(logs[1].at("HostName").as_string(), "desk");
  EXPECT_EQ(logs[1].at("Removed").as_bool(), false);
  EXPECT_EQ(boost::json::serialize(logs[1].at("Roles")),
            R"(["SecondaryNameNode","DataNode","NodeManager"])");
  EXPECT_EQ(describe(R"(,"Node":"core-2")").size(), 1U);
  EXPECT_EQ(
      world.call("DescribeRoleLogs", fmt::format(R"({{"InstanceId":"{}","Node":"core-9"}})", id))
          .code,
      "ResourceNotFound.NodeNotFound");
}

TEST_F(DescribeRoleLogs, NamesNodesThatAreGoneWhileTheirHostKeepsTheirLogs) {
  world.report_kept_logs({kept("emr-vm-gone0001", "core-7")});
  const boost::json::array logs = describe(R"(,"Node":"core-7")");
  ASSERT_EQ(logs.size(), 1U);
  EXPECT_EQ(logs[0].at("Removed").as_bool(), true);
  EXPECT_EQ(logs[0].at("ResourceId").as_string(), "emr-vm-gone0001");
  world.report_kept_logs({});
  EXPECT_EQ(describe().size(), 3U);
}

TEST_F(DescribeRoleLogs, BelievesTheModelMoreThanAHost) {
  const std::string core = world.model.nodes_of(id).rbegin()->second->id();
  world.report_kept_logs({kept(core, "core-2")});
  EXPECT_EQ(describe().size(), 3U);
}

TEST_F(DescribeRoleLogs, KeepsThoseOfAnotherAccountsClusterToIt) {
  store::Cluster foreign = *world.model.cluster(id);
  foreign.set_account(foreign.account() + 1);
  Change change;
  change.put(std::move(foreign));
  world.journal.commit(std::move(change));
  EXPECT_EQ(world.call("DescribeRoleLogs", fmt::format(R"({{"InstanceId":"{}"}})", id)).code,
            "ResourceNotFound.InstanceNotFound");
}

}  // namespace
}  // namespace tusker::api
