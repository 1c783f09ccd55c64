#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class Flows : public ::testing::Test {
 protected:
  boost::json::object answer(std::string_view action, std::string_view json) {
    const Answered answered = world.call(action, json);
    EXPECT_EQ(answered.code, "") << answered.message;
    return boost::json::parse(answered.reply.body).at("Response").as_object();
  }
  boost::json::object detail(std::string_view key, std::string_view value) {
    return answer(
        "DescribeClusterFlowStatusDetail",
        fmt::format(
            R"({{"InstanceId":"{}","FlowParam":{{"FKey":"{}","FValue":"{}"}},"NeedExtraDetail":true}})",
            id,
            key,
            value));
  }
  // The host reports that nothing of the nodes is there any more, until the flow has ended.
  void let_it_end() {
    for (int i = 0; i < 10 && world.model.running_flow(id) != nullptr; ++i) {
      world.store.write_all();
      world.store.tell();
      world.report_removed();
    }
    EXPECT_EQ(world.model.running_flow(id), nullptr);
    world.store.write_all();  // history is read from the disk
    world.store.tell();
  }
  ApiWorld world;
  const std::string id = world.create("wordcount");
  const store::Flow create = *world.model.running_flow(id);
};

TEST_F(Flows, AreReadByBothKeysAsSoonAsTheyExist) {
  const boost::json::object by_id = detail("FlowId", std::to_string(create.id()));
  EXPECT_EQ(by_id.at("FlowTotalStatus").as_int64(), 1);
  EXPECT_EQ(by_id.at("FlowName").as_string(), "Create Cluster");
  ASSERT_FALSE(by_id.at("StageDetails").as_array().empty());
  EXPECT_EQ(by_id.at("FlowExtraDetail").as_array().size(), 3U);
  ASSERT_FALSE(create.trace_id().empty());
  EXPECT_EQ(detail("TraceId", create.trace_id()).at("StageDetails"), by_id.at("StageDetails"));
}

TEST_F(Flows, AnswerErrorsForFlowsThatDoNotExist) {
  const auto code = [&](std::string_view key, std::string_view value) {
    return world
        .call("DescribeClusterFlowStatusDetail",
              fmt::format(R"({{"InstanceId":"{}","FlowParam":{{"FKey":"{}","FValue":"{}"}}}})",
                          id,
                          key,
                          value))
        .code;
  };
  EXPECT_EQ(code("FlowId", "999"), "FailedOperation");
  EXPECT_EQ(code("TraceId", "nonsense"), "FailedOperation");
  EXPECT_EQ(code("FlowId", "x"), "InvalidParameterValue");
  EXPECT_EQ(code("Name", "1"), "InvalidParameterValue");
  EXPECT_EQ(world.call("DescribeFlows", R"({"FlowId":999})").code, "ResourceNotFound.FlowNotFound");
  EXPECT_EQ(world.call("CancelFlow", R"({"FlowId":999})").code, "ResourceNotFound.FlowNotFound");
}

TEST_F(Flows, OfAllClustersAreListedNewestFirst) {
  world.create("another");
  const boost::json::object all = answer("DescribeFlows", "{}");
  ASSERT_EQ(all.at("Flows").as_array().size(), 2U);
  EXPECT_EQ(all.at("Flows").at(0).at("InstanceName").as_string(), "another");
  EXPECT_EQ(all.at("Flows").at(1).at("InstanceName").as_string(), "wordcount");
}

TEST_F(Flows, OneAtATimeOnACluster) {
  const Answered busy =
      world.call("TerminateInstance", fmt::format(R"({{"InstanceId":"{}"}})", id));
  EXPECT_EQ(busy.code, "ResourceInUse.InstanceInProcess");
  EXPECT_NE(busy.message.find(std::to_string(create.id())), std::string::npos) << busy.message;
}

TEST_F(Flows, ACancelledCreateUnwindsAndSaysWhy) {
  answer("CancelFlow", fmt::format(R"({{"FlowId":{}}})", create.id()));
  const boost::json::object during =
      answer("DescribeFlows", fmt::format(R"({{"FlowId":{}}})", create.id()));
  EXPECT_EQ(during.at("Flows").at(0).at("Direction").as_string(), "UNWINDING");
  EXPECT_EQ(during.at("Flows").at(0).at("CancelRequested").as_bool(), true);
  EXPECT_EQ(world.call("CancelFlow", fmt::format(R"({{"FlowId":{}}})", create.id())).code,
            "FailedOperation.FlowNotCancellable");
  let_it_end();
  const boost::json::value after =
      answer("DescribeFlows", fmt::format(R"({{"InstanceId":"{}"}})", id)).at("Flows").at(0);
  EXPECT_EQ(after.at("Outcome").as_string(), "CANCELLED");
  EXPECT_EQ(after.at("Kind").as_string(), "CREATE");
  EXPECT_EQ(detail("FlowId", std::to_string(create.id())).at("FlowTotalStatus").as_int64(), -1);
  const boost::json::object cluster =
      answer("DescribeInstances", R"({"DisplayStrategy":"clusterList"})")
          .at("ClusterList")
          .at(0)
          .as_object();
  EXPECT_EQ(cluster.at("Status").as_int64(), 301);
  EXPECT_TRUE(world.operations()[1].starts_with("CancelFlow: accepted")) << world.operations()[1];
}

TEST_F(Flows, GetMoreTimeForAStage) {
  answer("ModifyFlowDeadline",
         fmt::format(R"({{"FlowId":{},"Milliseconds":3600000}})", create.id()));
  const boost::json::value during =
      answer("DescribeFlows", fmt::format(R"({{"FlowId":{}}})", create.id())).at("Flows").at(0);
  EXPECT_EQ(during.at("StageDeadlineMilliseconds").as_int64(), 3600000);
  const auto code = [&](std::string_view more) {
    return world.call("ModifyFlowDeadline", fmt::format(R"({{"FlowId":{}{}}})", create.id(), more))
        .code;
  };
  EXPECT_EQ(code(R"(,"Milliseconds":1000,"Stage":"start-services")"), "");
  EXPECT_EQ(code(R"(,"Milliseconds":1000,"Stage":"nonsense")"), "InvalidParameterValue");
  EXPECT_EQ(code(R"(,"Milliseconds":9000000000)"), "InvalidParameterValue");
  EXPECT_EQ(code(R"(,"Milliseconds":0)"), "InvalidParameterValue");
  EXPECT_EQ(world.call("ModifyFlowDeadline", R"({"FlowId":999,"Milliseconds":1000})").code,
            "ResourceNotFound.FlowNotFound");
}

TEST_F(Flows, ATerminatedClusterIsGoneFromTheListAndItsFlowsAreStillTold) {
  answer("CancelFlow", fmt::format(R"({{"FlowId":{}}})", create.id()));
  let_it_end();
  answer("TerminateInstance", fmt::format(R"({{"InstanceId":"{}"}})", id));
  let_it_end();
  EXPECT_TRUE(answer("DescribeInstances", R"({"DisplayStrategy":"clusterList"})")
                  .at("ClusterList")
                  .as_array()
                  .empty());
  EXPECT_EQ(world.call("TerminateInstance", fmt::format(R"({{"InstanceId":"{}"}})", id)).code,
            "ResourceNotFound.InstanceNotFound");
  const boost::json::array flows =
      answer("DescribeFlows", fmt::format(R"({{"InstanceId":"{}"}})", id)).at("Flows").as_array();
  ASSERT_EQ(flows.size(), 2U);
  EXPECT_EQ(flows[0].at("Kind").as_string(), "TERMINATE");
  EXPECT_EQ(flows[1].at("Kind").as_string(), "CREATE");
  EXPECT_EQ(detail("FlowId", std::to_string(create.id())).at("FlowTotalStatus").as_int64(), -1)
      << "from history";
  EXPECT_EQ(detail("TraceId", create.trace_id()).at("FlowTotalStatus").as_int64(), -1)
      << "from history";
}

TEST_F(Flows, HostsAndBundlesAreListed) {
  const boost::json::value host = answer("DescribeHosts", "{}").at("Hosts").at(0);
  EXPECT_EQ(host.at("HostName").as_string(), "desk");
  EXPECT_EQ(host.at("Connected").as_bool(), true);
  EXPECT_EQ(host.at("Nodes").as_int64(), 3);
  EXPECT_EQ(host.at("MemoryReservedBytes").as_int64(), 3 * (2048LL << 20));
  EXPECT_EQ(answer("DescribeBundles", "{}").at("Bundles").as_array().size(), 3U);
}

}  // namespace
}  // namespace tusker::api
