#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"
#include "control/reported.h"

namespace tusker::api {
namespace {

link::RoleStatus* role_of(link::NodeStatus& node, std::string_view name) {
  for (link::RoleStatus& role : *node.mutable_roles()) {
    if (role.name() == name) return &role;
  }
  return nullptr;
}

class DescribeServiceNodeInfos : public ::testing::Test {
 protected:
  boost::json::object describe(std::string_view more = "") {
    const Answered answered =
        world.call("DescribeServiceNodeInfos", fmt::format(R"({{"InstanceId":"{}"{}}})", id, more));
    EXPECT_EQ(answered.code, "") << answered.message;
    return boost::json::parse(answered.reply.body).at("Response").as_object();
  }
  std::string code(std::string_view more) {
    return world
        .call("DescribeServiceNodeInfos", fmt::format(R"({{"InstanceId":"{}"{}}})", id, more))
        .code;
  }
  // "DataNode core", one for each process.
  std::vector<std::string> names(std::string_view more = "") {
    std::vector<std::string> found;
    const boost::json::object answer = describe(more);
    for (const auto& process : answer.at("ServiceNodeList").as_array()) {
      found.push_back(fmt::format("{} {}",
                                  std::string(process.at("NodeName").as_string()),
                                  std::string(process.at("NodeFlagFilter").as_string())));
    }
    return found;
  }
  // The first process of this name.
  boost::json::object process(std::string_view name) {
    const boost::json::object answer = describe();
    for (const auto& one : answer.at("ServiceNodeList").as_array()) {
      if (one.at("NodeName").as_string() == name) return one.as_object();
    }
    ADD_FAILURE() << "no " << name;
    return {};
  }
  std::int64_t health(std::string_view name) {
    return process(name).at("HealthStatus").at("Code").as_int64();
  }
  std::string why(std::string_view name) {
    return std::string(process(name).at("HealthStatus").at("Desc").as_string());
  }
  void report(std::string_view role, const std::function<void(link::RoleStatus&)>& change) {
    world.report_running([&](link::NodeStatus& node) {
      if (link::RoleStatus* const status = role_of(node, role)) change(*status);
    });
  }
  ApiWorld world;
  std::string id = world.create("wordcount");
};

using Names = std::vector<std::string>;

TEST_F(DescribeServiceNodeInfos, ListsEveryProcessByServiceProcessAndNode) {
  EXPECT_EQ(names(),
            (Names{"NameNode master",
                   "SecondaryNameNode core",
                   "DataNode core",
                   "DataNode core",
                   "ResourceManager master",
                   "NodeManager core",
                   "NodeManager core",
                   "JobHistoryServer master"}));
  const boost::json::object answer = describe();
  EXPECT_EQ(answer.at("TotalCnt").as_int64(), 8);
  EXPECT_EQ(answer.at("SupportNodeFlagFilterList").as_array().size(), 5U);
  EXPECT_FALSE(answer.at("AliasInfo").as_string().empty());
}

TEST_F(DescribeServiceNodeInfos, SaysWhereAProcessIsAndWhatItsNumbersAre) {
  const boost::json::object data_node = process("DataNode");
  EXPECT_EQ(data_node.at("NodeType").as_int64(), 2);
  EXPECT_EQ(data_node.at("Flag").as_int64(), 2);
  EXPECT_EQ(data_node.at("Ip").as_string(),
            std::next(world.model.nodes_of(id).begin())->second->address());
  EXPECT_EQ(data_node.at("PortsInfo").as_string(), "data:4001,http:4002,ipc:4004");
  EXPECT_EQ(data_node.at("ConfGroupName").as_string(), "hdfs-core-defaultGroup");
  EXPECT_EQ(process("SecondaryNameNode").at("NodeType").as_int64(), -1) << "0 would be ZooKeeper's";
}

TEST_F(DescribeServiceNodeInfos, ZookeepersNumberIsTheDocumentedZero) {
  std::string body = ApiWorld::create_body("with-zookeeper");
  const std::string_view last = R"("yarn-3.5.0")";
  body.insert(body.find(last) + last.size(), R"(, "zookeeper-3.9.5")");
  const Answered made = world.call("CreateInstance", body);
  ASSERT_EQ(made.code, "") << made.message;
  const boost::json::value answer = boost::json::parse(made.reply.body);
  id = std::string(answer.at("Response").at("InstanceId").as_string());
  EXPECT_EQ(process("QuorumPeerMain").at("NodeType").as_int64(), 0);
  EXPECT_EQ(process("QuorumPeerMain").at("PortsInfo").as_string(), "client:2181");
  EXPECT_EQ(names(R"(,"ServiceName":"ZOOKEEPER")"), (Names{"QuorumPeerMain master"}));
}

TEST_F(DescribeServiceNodeInfos, TellsTheHealthThatTheAgentReports) {
  EXPECT_EQ(health("DataNode"), -4) << "nothing was reported yet: " << why("DataNode");
  EXPECT_EQ(process("DataNode").at("Status").as_int64(), 2);
  world.report_running();
  const boost::json::object ready = process("DataNode");
  EXPECT_EQ(ready.at("HealthStatus").at("Code").as_int64(), 1);
  EXPECT_EQ(ready.at("HealthStatus").at("Text").as_string(), "good");
  EXPECT_EQ(ready.at("Status").as_int64(), 1);
  EXPECT_EQ(ready.at("ServiceStatus").as_int64(), 1);

  report("DataNode", [](link::RoleStatus& role) {
    role.set_state(link::RoleStatus::STARTING);
    role.set_not_ready("nothing listens on port 4002");
  });
  EXPECT_EQ(health("DataNode"), 0);
  EXPECT_EQ(why("DataNode"), "starting: nothing listens on port 4002");
  EXPECT_EQ(process("DataNode").at("Status").as_int64(), 1);

  report("DataNode", [](link::RoleStatus& role) {
    role.set_state(link::RoleStatus::DOWN);
    role.set_last_exit_code(137);
  });
  EXPECT_EQ(health("DataNode"), 0);
  EXPECT_EQ(why("DataNode"), "ended with exit code 137, by signal 9");
  EXPECT_EQ(process("DataNode").at("Status").as_int64(), 2);
  EXPECT_EQ(health("NameNode"), 1) << "the others are as they were";

  report("DataNode", [](link::RoleStatus& role) { role.set_state(link::RoleStatus::STOPPED); });
  EXPECT_EQ(health("DataNode"), -4);
  EXPECT_EQ(process("DataNode").at("Status").as_int64(), 2);
}

TEST_F(DescribeServiceNodeInfos, TellsOfProcessesWhoseNodeOrHostIsNotThere) {
  world.report_running([](link::NodeStatus& node) {
    if (role_of(node, "NameNode") == nullptr) return;
    node.set_state(link::NodeStatus::FAILED);
    node.mutable_failure()->set_what("start container");
    node.mutable_failure()->set_message("no space left");
    node.clear_roles();
  });
  EXPECT_EQ(health("NameNode"), 0);
  EXPECT_EQ(why("NameNode"), "its node does not run: start container: no space left");
  EXPECT_EQ(health("DataNode"), 1);

  world.disconnect_host();
  EXPECT_EQ(health("DataNode"), -2);
  EXPECT_NE(why("DataNode").find("host desk"), std::string::npos) << why("DataNode");
  EXPECT_EQ(names(R"(,"HealthStateId":"-2")").size(), 8U);
}

TEST_F(DescribeServiceNodeInfos, TellsWhetherAProcessRunsWithTheFilesItShallHave) {
  world.report_running();
  EXPECT_EQ(process("NameNode").at("ConfStatus").as_int64(), 1);
  report("NameNode", [](link::RoleStatus& role) { role.set_reloaded("of an earlier file"); });
  EXPECT_EQ(process("NameNode").at("ConfStatus").as_int64(), -1);
  report("NameNode", [](link::RoleStatus& role) { role.set_reload_error("refused"); });
  EXPECT_EQ(process("NameNode").at("ConfStatus").as_int64(), -2);
  EXPECT_EQ(names(R"(,"ConfStatus":-2)"), (Names{"NameNode master"}));
  world.report_running([](link::NodeStatus& node) { node.set_files_digest("older"); });
  EXPECT_EQ(process("DataNode").at("ConfStatus").as_int64(), -1);
  EXPECT_EQ(names(R"(,"ConfStatus":1)").size(), 0U);
  EXPECT_EQ(names(R"(,"ConfStatus":-99)").size(), 8U);
}

TEST_F(DescribeServiceNodeInfos, FiltersByEveryParameter) {
  report("DataNode", [](link::RoleStatus& role) { role.set_state(link::RoleStatus::DOWN); });
  EXPECT_EQ(names(R"(,"ServiceName":"YARN")"),
            (Names{"ResourceManager master",
                   "NodeManager core",
                   "NodeManager core",
                   "JobHistoryServer master"}));
  EXPECT_EQ(names(R"(,"ServiceName":"YARN","NodeTypeName":"master")"),
            (Names{"ResourceManager master", "JobHistoryServer master"}));
  EXPECT_EQ(names(R"(,"HealthStateId":"0")"), (Names{"DataNode core", "DataNode core"}));
  EXPECT_EQ(names(R"(,"HealthStateId":"1")").size(), 6U);
  EXPECT_EQ(names(R"(,"HealthStateId":"-99","MaintainStateId":0,"OperatorStateId":0)").size(), 8U);
  EXPECT_EQ(names(R"(,"OperatorStateId":2)"), (Names{"DataNode core", "DataNode core"}));
  EXPECT_EQ(names(R"(,"OperatorStateId":1)").size(), 6U);
  EXPECT_EQ(names(R"(,"MaintainStateId":1)").size(), 8U);
  EXPECT_EQ(names(R"(,"MaintainStateId":2)").size(), 0U);
  EXPECT_EQ(names(R"(,"DataNodeMaintenanceId":1)").size(), 0U);
  EXPECT_EQ(world
                .call("StartStopServiceOrMonitor",
                      fmt::format(R"({{"InstanceId":"{}","OpType":"StopMonitor","OpScope":)"
                                  R"({{"ServiceInfoList":[{{"ServiceName":"HDFS",)"
                                  R"("ComponentInfoList":[{{"ComponentName":"NameNode"}}]}}]}}}})",
                                  id))
                .code,
            "");
  EXPECT_EQ(names(R"(,"MaintainStateId":2)"), (Names{"NameNode master"}));
  EXPECT_EQ(names(R"(,"MaintainStateId":1)").size(), 7U);
  EXPECT_EQ(process("NameNode").at("MonitorStatus").as_int64(), 2);
  EXPECT_EQ(names(R"(,"HealthStateId":"-4")"), (Names{"NameNode master"}));
  EXPECT_EQ(names(R"(,"SearchText":"resourcem")"), (Names{"ResourceManager master"}));
  EXPECT_EQ(names(R"(,"SearchText":"core-1")"),
            (Names{"SecondaryNameNode core", "DataNode core", "NodeManager core"}));
  const std::string address = world.model.nodes_of(id).begin()->second->address();
  const Names of_master{"NameNode master", "ResourceManager master", "JobHistoryServer master"};
  EXPECT_EQ(names(R"(,"SearchText":")" + address + "\""), of_master);
  EXPECT_EQ(names(R"(,"SearchFields":[{"SearchType":"ipv4","SearchValue":")" + address + "\"}]"),
            of_master);
  EXPECT_EQ(names(R"(,"ConfStatus":2,"HealthStateId":"2")").size(), 0U)
      << "what the provider's example sends";
}

TEST_F(DescribeServiceNodeInfos, Pages) {
  EXPECT_EQ(names(R"(,"Offset":0,"Limit":999)").size(), 8U);
  EXPECT_EQ(names(R"(,"Offset":1,"Limit":3)"),
            (Names{"DataNode core", "ResourceManager master", "NodeManager core"}));
  EXPECT_EQ(names(R"(,"Offset":2,"Limit":3)").size(), 2U);
  EXPECT_EQ(names(R"(,"Offset":3,"Limit":3)").size(), 0U);
  EXPECT_EQ(names(R"(,"Offset":1)").size(), 0U) << "pages of 100";
  EXPECT_EQ(describe(R"(,"Offset":3,"Limit":3)").at("TotalCnt").as_int64(), 8);
  EXPECT_EQ(code(R"(,"Offset":-1,"Limit":3)"), "InvalidParameter");
  EXPECT_EQ(code(R"(,"Limit":-3)"), "InvalidParameter");
}

TEST_F(DescribeServiceNodeInfos, RefusesWhatDoesNotExist) {
  EXPECT_EQ(world.call("DescribeServiceNodeInfos", R"({"InstanceId":"emr-zzzzzzzz"})").code,
            "ResourceNotFound.ClusterNotFound");
  const Answered answered =
      world.call("DescribeServiceNodeInfos",
                 fmt::format(R"({{"InstanceId":"{}","ServiceName":"HBASE"}})", id));
  EXPECT_EQ(answered.code, "UnsupportedOperation.ServiceNotSupport");
  EXPECT_NE(answered.message.find("hdfs, yarn"), std::string::npos) << answered.message;
  EXPECT_EQ(code(R"(,"SearchFields":[{"SearchType":"name","SearchValue":"x"}])"),
            "InvalidParameterValue");
  EXPECT_EQ(code(R"(,"NodeTypeName":"worker")"), "InvalidParameterValue");
}

}  // namespace
}  // namespace tusker::api
