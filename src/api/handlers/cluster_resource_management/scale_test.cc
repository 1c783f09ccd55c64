// ScaleOutInstance, TerminateClusterNodes and TerminateTasks.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class Scale : public ::testing::Test {
 protected:
  Scale() { world.finish_flow(id); }

  Answered scale_out(std::string_view more) {
    return world.call(
        "ScaleOutInstance",
        fmt::format(
            R"({{"InstanceId":"{}","TimeUnit":"s","TimeSpan":3600,"PayMode":0{}}})", id, more));
  }
  Answered scale_in(std::string_view node, std::string_view flag, std::string_view more = "") {
    return world.call(
        "TerminateClusterNodes",
        fmt::format(R"({{"InstanceId":"{}","CvmInstanceIds":["{}"],"NodeFlag":"{}"{}}})",
                    id,
                    node,
                    flag,
                    more));
  }
  const store::Node& node(std::string_view name) {
    for (const auto& [order, row] : world.model.nodes_of(id)) {
      if (row->name() == name) return *row;
    }
    TK_CHECK(false, "no node {}", name);
  }
  std::string file(const store::Node& row, std::string_view path) {
    for (const store::File& one : row.files()) {
      if (one.path() == path) return world.model.file(one.digest())->content();
    }
    return "(none)";
  }
  boost::json::object answer(const Answered& answered) {
    EXPECT_EQ(answered.code, "") << answered.message;
    return boost::json::parse(answered.reply.body).at("Response").as_object();
  }
  ApiWorld world;
  const std::string id = world.create("wordcount");
};

TEST_F(Scale, RecordsNewNodesAndTellsTheOthersBeforeItAnswers) {
  const boost::json::object response = answer(scale_out(R"(,"CoreCount":2)"));
  const store::Flow& flow = *world.model.running_flow(id);
  EXPECT_EQ(response.at("InstanceId").as_string(), id);
  EXPECT_EQ(response.at("FlowId").as_int64(), flow.id());
  EXPECT_EQ(response.at("TraceId").as_string(), flow.trace_id());
  EXPECT_EQ(flow.stage(), "update-nodes");
  EXPECT_EQ(world.model.cluster(id)->state(), store::Cluster::SCALING_OUT);
  EXPECT_EQ(world.model.nodes_of(id).size(), 5U);
  EXPECT_TRUE(node("core-4").prepared());
  EXPECT_EQ(node("core-4").spec().memory_bytes(), node("core-1").spec().memory_bytes());
  const std::string& address = node("core-3").address();
  EXPECT_NE(file(node("master-1"), "dfs.include").find(address), std::string::npos);
  EXPECT_NE(file(node("core-1"), "hosts").find(address + " core-3."), std::string::npos);
  EXPECT_EQ(file(node("master-1"), "dfs.exclude"), "");
}

TEST_F(Scale, IsTheSameInTheNewerGeneration) {
  const auto grow = [&](std::string_view flag, int count, std::string_view more = "") {
    return world.call("ScaleOutCluster",
                      fmt::format(R"({{"InstanceId":"{}","InstanceChargeType":"POSTPAID_BY_HOUR",)"
                                  R"("ScaleOutNodeConfig":{{"NodeFlag":"{}","NodeCount":{}}}{}}})",
                                  id,
                                  flag,
                                  count,
                                  more));
  };
  EXPECT_EQ(grow("MASTER", 1).code, "UnsupportedOperation");
  EXPECT_EQ(grow("CORE", 0).code, "InvalidParameter.InvalidCount");
  EXPECT_EQ(grow("CORE", 1, R"(,"EnableStartServiceFlag":false)").code, "UnsupportedOperation");
  const boost::json::object response = answer(grow("CORE", 1));
  EXPECT_EQ(response.at("TraceId").as_string(), world.model.running_flow(id)->trace_id());
  EXPECT_EQ(node("core-3").type(), store::CORE);
}

TEST_F(Scale, NewNodesRunScriptsOfTheNewerGenerationsForm) {
  answer(world.call(
      "ScaleOutCluster",
      fmt::format(R"({{"InstanceId":"{}","InstanceChargeType":"POSTPAID_BY_HOUR",)"
                  R"("ScaleOutNodeConfig":{{"NodeFlag":"CORE","NodeCount":1}},)"
                  R"("ScriptBootstrapActionConfig":[{{"CosFileURI":"data:;base64,dHJ1ZQ==",)"
                  R"("ExecutionMoment":"resourceAfter","Args":["x"]}}]}})",
                  id)));
  ASSERT_EQ(node("core-3").scripts_size(), 1);
  EXPECT_EQ(node("core-3").scripts(0).arguments(0), "x");
  EXPECT_EQ(node("core-1").scripts_size(), 0);
}

TEST_F(Scale, AnswersARepeatedClientTokenWithTheFirstFlow) {
  const boost::json::object first = answer(scale_out(R"(,"CoreCount":1,"ClientToken":"once")"));
  EXPECT_EQ(first.at("ClientToken").as_string(), "once");
  EXPECT_EQ(answer(scale_out(R"(,"CoreCount":1,"ClientToken":"once")")).at("FlowId"),
            first.at("FlowId"));
  EXPECT_EQ(world.model.nodes_of(id).size(), 4U);
}

TEST_F(Scale, MakesTaskNodesLikeCoreNodesThatHoldNoData) {
  answer(scale_out(R"(,"TaskCount":1)"));
  const store::Node& task = node("task-1");
  ASSERT_EQ(task.roles_size(), 1);
  EXPECT_EQ(task.roles(0).name(), "NodeManager");
  EXPECT_EQ(task.spec().memory_bytes(), node("core-1").spec().memory_bytes());
}

TEST_F(Scale, RefusesWhatItCannotAdd) {
  const auto code = [&](std::string_view more) { return scale_out(more).code; };
  EXPECT_EQ(code(""), "InvalidParameter.InvalidCount");
  EXPECT_EQ(code(R"(,"CoreCount":101)"), "InvalidParameter.InvalidCount");
  EXPECT_EQ(code(R"(,"CoreCount":1,"TaskCount":1)"), "InvalidParameter.InvalidCountNum");
  EXPECT_EQ(code(R"(,"TaskCount":21)"), "InvalidParameter.InvalidTaskCount");
  EXPECT_EQ(code(R"(,"RouterCount":1)"), "UnsupportedOperation");
  EXPECT_EQ(code(R"(,"CoreCount":1,"YarnNodeLabel":"gpu")"), "UnsupportedOperation");
  const Answered much = scale_out(R"(,"CoreCount":100)");
  EXPECT_TRUE(much.code.starts_with("ResourceInsufficient")) << much.code;
  EXPECT_NE(much.message.find("host desk"), std::string::npos) << much.message;
  EXPECT_EQ(world.model.nodes_of(id).size(), 3U);
  EXPECT_EQ(world.model.running_flow(id), nullptr);
}

TEST_F(Scale, RefusesASecondOperationWhileOneRuns) {
  answer(scale_out(R"(,"CoreCount":1)"));
  EXPECT_EQ(scale_out(R"(,"CoreCount":1)").code, "ResourceInUse.InstanceInProcess");
  EXPECT_EQ(scale_in(node("core-2").id(), "CORE").code, "ResourceInUse.InstanceInProcess");
}

TEST_F(Scale, LetsNoNodeGoWhoseDataNobodyCanTell) {
  // No agent has reported anything: no DataNode answers.
  const Answered answered = scale_in(node("core-2").id(), "CORE");
  EXPECT_EQ(answered.code, "FailedOperation") << answered.message;
  EXPECT_NE(answered.message.find("DataNode on core-2"), std::string::npos) << answered.message;
  EXPECT_EQ(world.model.running_flow(id), nullptr);
}

TEST_F(Scale, RefusesNodesThatCannotLeave) {
  EXPECT_EQ(scale_in(node("core-1").id(), "TASK").code, "InvalidParameter.InvalidNodeFlag");
  EXPECT_EQ(scale_in(node("master-1").id(), "MASTER").code, "InvalidParameter.InvalidResourceIds");
  EXPECT_EQ(scale_in("emr-vm-00000000", "CORE").code, "ResourceNotFound.CvmInstanceNotFound");
  EXPECT_EQ(
      scale_in(node("core-1").id(), "CORE", R"(,"GraceDownFlag":true,"GraceDownTime":5)").code,
      "InvalidParameterValue");
  EXPECT_EQ(world
                .call("TerminateTasks",
                      fmt::format(
                          R"({{"InstanceId":"{}","ResourceIds":["{}"]}})", id, node("core-1").id()))
                .code,
            "InvalidParameter.InvalidResourceIds");
}

}  // namespace
}  // namespace tusker::api
