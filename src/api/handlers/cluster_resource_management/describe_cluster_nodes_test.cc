#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class DescribeClusterNodes : public ::testing::Test {
 protected:
  boost::json::object describe(std::string_view more = "", std::string_view flag = "all") {
    const Answered answered =
        world.call("DescribeClusterNodes",
                   fmt::format(R"({{"InstanceId":"{}","NodeFlag":"{}"{}}})", id, flag, more));
    EXPECT_EQ(answered.code, "") << answered.message;
    return boost::json::parse(answered.reply.body).at("Response").as_object();
  }
  std::vector<std::string> names(std::string_view more = "", std::string_view flag = "all") {
    std::vector<std::string> found;
    const boost::json::object answer = describe(more, flag);
    for (const auto& node : answer.at("NodeList").as_array())
      found.emplace_back(node.at("NameTag").as_string());
    return found;
  }
  ApiWorld world;
  const std::string id = world.create("wordcount");
};

TEST_F(DescribeClusterNodes, EchoesTheShapeThatWasAskedFor) {
  const boost::json::value node = describe("", "core").at("NodeList").at(0);
  EXPECT_EQ(node.at("Flag").as_int64(), 2);
  EXPECT_EQ(node.at("Spec").as_string(), "CVM.S6");
  EXPECT_EQ(node.at("CpuNum").as_int64(), 2);
  EXPECT_EQ(node.at("MemSize").as_int64(), 2048LL << 20);
  EXPECT_EQ(node.at("MemDesc").as_string(), "2GB");
  EXPECT_EQ(node.at("DiskSize").as_string(), "8.00 GB");
  EXPECT_EQ(node.at("StorageType").as_int64(), 4);
  EXPECT_EQ(node.at("RootStorageType").as_int64(), 5);
  EXPECT_EQ(node.at("RootSize").as_int64(), 50);
  EXPECT_EQ(boost::json::serialize(node.at("MCMultiDisk")),
            R"([{"Count":2,"Type":4,"Size":"8.00 GB","Volume":8589934592}])");
  EXPECT_EQ(node.at("ZoneId").as_int64(), 100003);
  EXPECT_EQ(node.at("SubnetInfo").at("SubnetId").as_string(), "subnet-22222222");
  EXPECT_EQ(node.at("Services").as_string(), "SecondaryNameNode,DataNode,NodeManager");
  EXPECT_EQ(node.at("HardwareResourceType").as_string(), "HOST");
}

TEST_F(DescribeClusterNodes, NamesEachNodeInThreeWaysThatNeverChange) {
  const boost::json::value first = describe().at("NodeList").at(0);
  world.clock.advance(std::chrono::hours(1));
  const boost::json::value again = describe().at("NodeList").at(0);
  for (const std::string_view name : {"EmrResourceId", "OrderNo", "SerialNo", "Ip"}) {
    EXPECT_EQ(first.at(name).as_string(), again.at(name).as_string());
    EXPECT_FALSE(first.at(name).as_string().empty());
  }
  EXPECT_TRUE(is_uuid(std::string(first.at("SerialNo").as_string())));
  EXPECT_TRUE(std::string(first.at("OrderNo").as_string()).starts_with("ins-"));
}

TEST_F(DescribeClusterNodes, FiltersByFlagTypeAndAddress) {
  EXPECT_EQ(names(), (std::vector<std::string>{"master.0", "core.0", "core.1"}));
  EXPECT_EQ(names("", "master"), (std::vector<std::string>{"master.0"}));
  EXPECT_EQ(names("", "task").size() + names("", "db").size() + names("", "recyle").size(), 0U);
  EXPECT_EQ(names(R"(,"HardwareResourceType":"all")").size(), 3U);
  EXPECT_EQ(names(R"(,"HardwareResourceType":"pod")").size(), 0U);
  const std::string address(describe().at("NodeList").at(1).at("Ip").as_string());
  EXPECT_EQ(names(R"(,"SearchFields":[{"SearchType":"ipv4","SearchValue":")" + address + "\"}]"),
            (std::vector<std::string>{"core.0"}));
  EXPECT_EQ(
      world.call("DescribeClusterNodes", R"({"InstanceId":")" + id + R"(","NodeFlag":"worker"})")
          .code,
      "InvalidParameter.InvalidNodeFlag");
}

TEST_F(DescribeClusterNodes, PagesByPageAndAlsoByTheRowsThatTerraformCounts) {
  EXPECT_EQ(names(R"(,"Offset":0,"Limit":2)"), (std::vector<std::string>{"master.0", "core.0"}));
  EXPECT_EQ(names(R"(,"Offset":1,"Limit":2)"), (std::vector<std::string>{"core.1"}));
  EXPECT_EQ(names(R"(,"Offset":2,"Limit":2)"), (std::vector<std::string>{"core.1"}))
      << "the third row";
  EXPECT_EQ(names(R"(,"Offset":4,"Limit":2)").size(), 0U);
  EXPECT_EQ(names(R"(,"Offset":0,"Limit":100)").size(), 3U);
  EXPECT_EQ(names(R"(,"Offset":100,"Limit":100)").size(), 0U);
  EXPECT_EQ(describe(R"(,"Offset":1,"Limit":2)").at("TotalCnt").as_int64(), 3);
}

TEST_F(DescribeClusterNodes, TellsUnknownClustersAndBadIdsApart) {
  EXPECT_EQ(
      world.call("DescribeClusterNodes", R"({"InstanceId":"emr-zzzzzzzz","NodeFlag":"all"})").code,
      "ResourceNotFound.ClusterNotFound");
  EXPECT_EQ(
      world.call("DescribeClusterNodes", R"({"InstanceId":"wordcount","NodeFlag":"all"})").code,
      "InvalidParameter.InvalidInstanceName");
}

}  // namespace
}  // namespace tusker::api
