#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class StartStop : public ::testing::Test {
 protected:
  StartStop() { world.finish_flow(id); }

  Answered operate(std::string_view verb, std::string_view services, std::string_view more = "") {
    return world.call("StartStopServiceOrMonitor",
                      fmt::format(R"({{"InstanceId":"{}","OpType":"{}",)"
                                  R"("OpScope":{{"ServiceInfoList":[{}]}}{}}})",
                                  id,
                                  verb,
                                  services,
                                  more));
  }
  const store::Role& role(std::string_view node, std::string_view name) {
    for (const auto& [order, row] : world.model.nodes_of(id)) {
      for (const store::Role& one : row->roles())
        if (row->name() == node && one.name() == name) return one;
    }
    TK_CHECK(false, "no {} on {}", name, node);
  }
  std::string address(std::string_view node) {
    for (const auto& [order, row] : world.model.nodes_of(id))
      if (row->name() == node) return row->address();
    TK_CHECK(false, "no node {}", node);
  }
  ApiWorld world;
  const std::string id = world.create("wordcount");
};

constexpr std::string_view kHdfs = R"({"ServiceName":"HDFS"})";

TEST_F(StartStop, StopsEveryProcessOfAServiceAndNothingElse) {
  const Answered answered = operate("StopService", kHdfs);
  ASSERT_EQ(answered.code, "") << answered.message;
  const store::Flow& flow = *world.model.running_flow(id);
  EXPECT_EQ(flow.kind(), store::Flow::SERVICES);
  EXPECT_EQ(flow.operation().verb(), store::RoleOperation::STOP);
  EXPECT_TRUE(role("master-1", "NameNode").stopped());
  EXPECT_TRUE(role("core-1", "DataNode").stopped());
  EXPECT_FALSE(role("core-1", "NodeManager").stopped());
  EXPECT_EQ(operate("StartService", kHdfs).code, "ResourceInUse.InstanceInProcess");
}

TEST_F(StartStop, RestartsInBatchesOfOneKind) {
  const Answered answered = operate(
      "RestartService",
      R"({"ServiceName":"HDFS","ComponentInfoList":[{"ComponentName":"DataNode"}]},)"
      R"({"ServiceName":"YARN","ComponentInfoList":[{"ComponentName":"NodeManager"}]})",
      R"(,"StrategyConfig":{"RollingRestartSwitch":1,"BatchSize":3,"TimeWait":5,"DealOnFail":1})");
  ASSERT_EQ(answered.code, "") << answered.message;
  const store::RoleOperation& operation = world.model.running_flow(id)->operation();
  EXPECT_EQ(operation.items_size(), 4);
  EXPECT_EQ(operation.pause_ms(), 5000U);
  EXPECT_TRUE(operation.skips_failed());
  EXPECT_EQ(role("core-1", "DataNode").restart_serial(), 1U);
  EXPECT_EQ(role("core-2", "DataNode").restart_serial(), 1U);
  EXPECT_EQ(role("core-1", "NodeManager").restart_serial(), 0U) << "of the next batch";
}

TEST_F(StartStop, TakesOneProcessByItsAddress) {
  const Answered answered = operate(
      "StopService",
      fmt::format(
          R"({{"ServiceName":"HDFS","ComponentInfoList":[{{"ComponentName":"DataNode","IpList":["{}"]}}]}})",
          address("core-2")));
  ASSERT_EQ(answered.code, "") << answered.message;
  EXPECT_FALSE(role("core-1", "DataNode").stopped());
  EXPECT_TRUE(role("core-2", "DataNode").stopped());
}

TEST_F(StartStop, PutsProcessesIntoMaintenanceAtOnce) {
  EXPECT_EQ(operate("StopMonitor", kHdfs).code, "");
  EXPECT_EQ(world.model.running_flow(id), nullptr);
  EXPECT_TRUE(role("core-1", "DataNode").maintenance());
  EXPECT_EQ(operate("StartMonitor", kHdfs).code, "");
  EXPECT_FALSE(role("core-1", "DataNode").maintenance());
}

TEST_F(StartStop, RefusesWhatItCannotDo) {
  const auto code = [&](std::string_view verb,
                        std::string_view services,
                        std::string_view more = "") { return operate(verb, services, more).code; };
  EXPECT_EQ(code("StopService", ""), "MissingParameter");
  EXPECT_EQ(code("StopService", R"({"ServiceName":"HBASE"})"),
            "UnsupportedOperation.ServiceNotSupport");
  EXPECT_EQ(code("StopService",
                 R"({"ServiceName":"HDFS","ComponentInfoList":[{"ComponentName":"NodeManager"}]})"),
            "ResourceNotFound.ServiceNodeNotFound");
  EXPECT_EQ(
      code(
          "StopService",
          R"({"ServiceName":"HDFS","ComponentInfoList":[{"ComponentName":"DataNode","IpList":["10.0.0.1"]}]})"),
      "ResourceNotFound.ServiceNodeNotFound");
  EXPECT_EQ(code("RestartService", kHdfs), "MissingParameter");
  EXPECT_EQ(
      code(
          "RestartService", kHdfs, R"(,"StrategyConfig":{"RollingRestartSwitch":1,"BatchSize":0})"),
      "InvalidParameterValue");
  EXPECT_EQ(code("RestartService", kHdfs, R"(,"StrategyConfig":{"TimeWait":301})"),
            "InvalidParameterValue");
  EXPECT_EQ(code("StopService", kHdfs, R"(,"StopParams":{"GraceDownTime":5})"),
            "UnsupportedOperation");
  EXPECT_EQ(world.model.running_flow(id), nullptr) << "nothing was begun";
}

}  // namespace
}  // namespace tusker::api
