#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class DescribeInstances : public ::testing::Test {
 protected:
  boost::json::object describe(std::string_view more = "",
                               std::string_view strategy = "clusterList") {
    const Answered answered = world.call(
        "DescribeInstances", fmt::format(R"({{"DisplayStrategy":"{}"{}}})", strategy, more));
    EXPECT_EQ(answered.code, "") << answered.message;
    return boost::json::parse(answered.reply.body).at("Response").as_object();
  }
  std::vector<std::string> ids(std::string_view more = "",
                               std::string_view strategy = "clusterList") {
    std::vector<std::string> found;
    const boost::json::object answer = describe(more, strategy);
    for (const auto& cluster : answer.at("ClusterList").as_array()) {
      found.emplace_back(cluster.at("ClusterId").as_string());
    }
    return found;
  }
  void set_state(const std::string& id, store::Cluster::State state) {
    store::Cluster row = *world.model.cluster(id);
    row.set_state(state);
    Change change;
    change.put(std::move(row));
    world.journal.commit(std::move(change));
  }
  ApiWorld world;
};

TEST_F(DescribeInstances, ShowsACreatedClusterAtOnceInAllThatClientsReadBack) {
  const std::string id =
      world.create("wordcount", R"(, "Tags": [{"TagKey": "team", "TagValue": "data"}])");
  const boost::json::object answer = describe(R"(,"ProjectId":-1,"InstanceIds":[")" + id + "\"]");
  EXPECT_EQ(answer.at("TotalCnt").as_int64(), 1);
  EXPECT_EQ(answer.at("TagKeys").at(0).as_string(), "team");
  const boost::json::value& cluster = answer.at("ClusterList").at(0);
  EXPECT_EQ(cluster.at("Status").as_int64(), 3);
  EXPECT_EQ(cluster.at("Id").as_int64(), 1);
  EXPECT_EQ(cluster.at("ClusterName").as_string(), "wordcount");
  EXPECT_EQ(cluster.at("AppId").as_int64(), 100000000001);
  EXPECT_EQ(cluster.at("EmrVersion").as_string(), "EMR-V5.0.0");
  EXPECT_EQ(cluster.at("ProductId").as_int64(), 500);
  EXPECT_EQ(cluster.at("Zone").as_string(), "ap-guangzhou-3");
  EXPECT_EQ(cluster.at("ZoneId").as_int64(), 100003);
  EXPECT_EQ(cluster.at("RegionId").as_int64(), 1);
  EXPECT_EQ(cluster.at("UniqVpcId").as_string(), "vpc-11111111");
  EXPECT_EQ(cluster.at("UniqSubnetId").as_string(), "subnet-22222222");
  EXPECT_EQ(cluster.at("SceneName").as_string(), "Hadoop-Default");
  EXPECT_EQ(cluster.at("MetaDb").as_string(), "");
  EXPECT_EQ(cluster.at("AddTime").as_string(), "2026-01-01 00:00:00");
  EXPECT_EQ(cluster.at("RunTime").as_string(), "0 day 0 hour 0 minutes and 0 seconds");
  EXPECT_EQ(cluster.at("ServiceClass").as_string(), "HADOOP");
  EXPECT_EQ(cluster.at("MetaDBGroupInfo").as_array().size(), 0U);
  EXPECT_EQ(cluster.at("ConfigDetail"), cluster.at("Config"));
  const boost::json::value& config = cluster.at("Config");
  EXPECT_EQ(boost::json::serialize(config.at("SoftInfo")), R"(["hdfs-3.5.0","yarn-3.5.0"])");
  EXPECT_EQ(config.at("SupportHA").as_bool(), false);
  EXPECT_EQ(config.at("SecurityGroup").as_string(), "sg-33333333");
  EXPECT_EQ(config.at("CoreNodeSize").as_int64(), 2);
  EXPECT_EQ(config.at("CoreResource").at("DiskType").as_string(), "CLOUD_SSD");
  EXPECT_EQ(config.at("CoreResource").at("MemSize").as_int64(), 2048);
  EXPECT_TRUE(config.at("TaskResource").is_null());
  EXPECT_EQ(boost::json::serialize(cluster.at("TopologyInfoList").at(0).at("NodeInfoList")),
            R"([{"NodeType":"Master","NodeSize":1},{"NodeType":"Core","NodeSize":2}])");
}

TEST_F(DescribeInstances, ShowsWhetherAPublicAddressWasAskedFor) {
  const std::string wanted = world.create("needed");
  const std::string not_wanted =
      world.create("unneeded", R"(, "NeedMasterWan": "NOT_NEED_MASTER_WAN")");
  const auto master_ip = [&](const std::string& id) {
    return std::string(describe(R"(,"InstanceIds":[")" + id + "\"]")
                           .at("ClusterList")
                           .at(0)
                           .at("MasterIp")
                           .as_string());
  };
  EXPECT_TRUE(master_ip(wanted).starts_with("[\"10.231.")) << master_ip(wanted);
  EXPECT_EQ(master_ip(not_wanted), "[]");
}

TEST_F(DescribeInstances, AnswersAnEmptyListForWhatIsGoneAndAnErrorForWhatIsNoId) {
  EXPECT_EQ(ids(R"(,"InstanceIds":["emr-zzzzzzzz"])").size(), 0U);
  const Answered answered = world.call(
      "DescribeInstances", R"({"DisplayStrategy":"clusterList","InstanceIds":["wordcount"]})");
  EXPECT_EQ(answered.code, "InvalidParameter.InvalidClusterId");
}

TEST_F(DescribeInstances, HidesByStrategyWhatThePagesSay) {
  const std::string creating = world.create("creating");
  const std::string running = world.create("running");
  const std::string failed = world.create("failing");
  const std::string ended = world.create("ending");
  set_state(running, store::Cluster::RUNNING);
  set_state(failed, store::Cluster::CREATE_FAILED);
  set_state(ended, store::Cluster::RUNNING);
  set_state(ended, store::Cluster::TERMINATING);
  set_state(ended, store::Cluster::TERMINATED);
  EXPECT_EQ(ids(R"(,"Asc":1)"), (std::vector<std::string>{creating, running, failed}));
  EXPECT_EQ(ids(R"(,"Asc":1)", "monitorManage"), (std::vector<std::string>{running}));
  EXPECT_EQ(ids(R"(,"InstanceIds":[")" + ended + "\"]").size(), 0U);
}

TEST_F(DescribeInstances, PagesByNumberOfPage) {
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) made.push_back(world.create(fmt::format("cluster-{}", i)));
  EXPECT_EQ(ids(R"(,"Asc":1,"Limit":2)"), (std::vector<std::string>{made[0], made[1]}));
  EXPECT_EQ(ids(R"(,"Asc":1,"Limit":2,"Offset":2)"), (std::vector<std::string>{made[4]}));
  EXPECT_EQ(ids(R"(,"Limit":2,"Offset":3)").size(), 0U);
  EXPECT_EQ(ids(R"(,"Limit":2,"Offset":18446744073709551615)").size(), 0U);
  EXPECT_EQ(ids(R"(,"Limit":0)").size(), 0U);
  EXPECT_EQ(ids().front(), made[4]) << "newest first";
}

TEST_F(DescribeInstances, OrdersAsAsked) {
  std::vector<std::string> made;
  for (int i = 0; i < 4; ++i) made.push_back(world.create(fmt::format("cluster-{}", i)));
  set_state(made[2], store::Cluster::RUNNING);
  EXPECT_EQ(ids(R"(,"OrderField":"status","Asc":1)").front(), made[2]);
  std::vector<std::string> sorted = made;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(ids(R"(,"OrderField":"clusterid","Asc":1)"), sorted);
}

TEST_F(DescribeInstances, KeepsProjectsApart) {
  std::string body = ApiWorld::create_body("inproject");
  const std::string zone = R"("Zone": "ap-guangzhou-3")";
  body.replace(body.find(zone), zone.size(), zone + R"(, "ProjectId": 7)");
  ASSERT_EQ(world.call("CreateInstance", body).code, "");
  EXPECT_EQ(ids().size(), 0U);
  EXPECT_EQ(ids(R"(,"ProjectId":7)").size(), 1U);
  EXPECT_EQ(ids(R"(,"ProjectId":-1)").size(), 1U);
}

TEST_F(DescribeInstances, TellsWhyACreateFailed) {
  const std::string id = world.create("failing");
  store::Cluster row = *world.model.cluster(id);
  row.set_state(store::Cluster::CREATE_FAILED);
  row.mutable_failure()->set_host("desk");
  row.mutable_failure()->set_node("core-1 (emr-vm-aaaaaaaa)");
  row.mutable_failure()->set_role("DataNode");
  row.mutable_failure()->set_message("did not become ready");
  row.mutable_failure()->set_command("java DataNode");
  row.mutable_failure()->set_exit_code(1);
  row.mutable_failure()->add_log("java.net.BindException");
  Change change;
  change.put(std::move(row));
  world.journal.commit(std::move(change));
  const boost::json::value cluster = describe().at("ClusterList").at(0);
  EXPECT_EQ(cluster.at("Status").as_int64(), 301);
  EXPECT_EQ(cluster.at("AlarmInfo").as_string(),
            "host desk, node core-1 (emr-vm-aaaaaaaa), role DataNode: did not become ready; "
            "command `java DataNode` ended with code 1\n"
            "last log lines:\n  java.net.BindException");
}

}  // namespace
}  // namespace tusker::api
