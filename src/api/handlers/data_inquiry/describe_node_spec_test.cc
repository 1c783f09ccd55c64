// DescribeNodeSpec and DescribeCvmQuota: what the hosts have room for.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class Room : public ::testing::Test {
 protected:
  static std::string body(std::string_view type, std::string_view more = "") {
    return fmt::format(R"({{"ZoneId":100003,"CvmPayMode":0,"NodeType":"{}","TradeType":1,)"
                       R"("ProductId":500,"SceneName":"Hadoop-Default"{}}})",
                       type,
                       more);
  }
  // The working request with one text of it replaced.
  std::string code(std::string_view from, std::string_view to) {
    std::string text = body("All");
    text.replace(text.find(from), from.size(), to);
    return world.call("DescribeNodeSpec", text).code;
  }
  boost::json::object answer(std::string_view action, std::string_view json) {
    const Answered answered = world.call(action, json);
    EXPECT_EQ(answered.code, "") << answered.message;
    return boost::json::parse(answered.reply.body).at("Response").as_object();
  }
  // One size of the family TK, for core nodes.
  boost::json::object spec(std::string_view name) {
    const boost::json::object all = answer("DescribeNodeSpec", body("Core"));
    const boost::json::value& families =
        all.at("NodeSpecs").at(0).at("Types").at(0).at("InstanceFamilies");
    for (const auto& type : families.at(0).at("InstanceTypes").as_array()) {
      if (type.at("InstanceType").as_string() == name) return type.as_object();
    }
    ADD_FAILURE() << "no " << name;
    return {};
  }
  std::int64_t room(std::string_view name) { return spec(name).at("Num").as_int64(); }
  boost::json::array quota(std::string_view more = "") {
    return answer("DescribeCvmQuota", fmt::format(R"({{"ClusterId":"{}"{}}})", id, more))
        .at("PostPaidQuotaSet")
        .as_array();
  }
  // What a create of this many core nodes of 16 cores and 64 GB would answer.
  std::string planned(int cores) {
    const auto resource = [](std::string_view type) {
      return fmt::format(R"({{"Spec":"","StorageType":5,"DiskType":"CLOUD_SSD","MemSize":0,)"
                         R"("Cpu":0,"DiskSize":8,"InstanceType":"{}"}})",
                         type);
    };
    const std::string body = fmt::format(
        R"({{"ProductId":500,"Software":["hdfs-3.5.0"],"SupportHA":0,"InstanceName":"planned",)"
        R"("PayMode":0,"TimeSpan":3600,"TimeUnit":"s","LoginSettings":{{"Password":"Passw0rd!"}},)"
        R"("ResourceSpec":{{"MasterCount":1,"CoreCount":{},"MasterResourceSpec":{},)"
        R"("CoreResourceSpec":{}}}}})",
        cores,
        resource("TK.SMALL2"),
        resource("TK.4XLARGE64"));
    return world.call("PlanInstance", body).code;
  }
  ApiWorld world;
  std::string id;
};

TEST_F(Room, ListsEveryOfferedSizeOfEveryFamilyForEachNodeType) {
  const boost::json::object all = answer("DescribeNodeSpec", body("All"));
  ASSERT_EQ(all.at("NodeSpecs").as_array().size(), 3U);
  EXPECT_EQ(all.at("NodeSpecs").at(2).at("NodeType").as_string(), "Task");
  const boost::json::array& families =
      all.at("NodeSpecs").at(0).at("Types").at(0).at("InstanceFamilies").as_array();
  ASSERT_EQ(families.size(), world.definitions.specs.families.size());
  for (const auto& family : families) {
    const std::string name(family.at("InstanceFamily").as_string());
    const boost::json::array& types = family.at("InstanceTypes").as_array();
    ASSERT_EQ(types.size(), world.definitions.specs.shapes.size());
    for (std::size_t i = 0; i < types.size(); ++i) {
      EXPECT_EQ(types[i].at("InstanceType").as_string(),
                name + "." + world.definitions.specs.shapes[i]);
    }
  }
  EXPECT_EQ(all.at("Architectures").at(0).at("Architecture").as_string(), "x86_64");
}

TEST_F(Room, SaysTheSizeOfEach) {
  const boost::json::object large = spec("TK.2XLARGE16");
  EXPECT_EQ(large.at("Cpu").as_int64(), 8);
  EXPECT_EQ(large.at("Memory").as_int64(), 16);
  EXPECT_EQ(large.at("DataDisk").at(0).at("DefaultDiskSize").as_int64(), 8);
  EXPECT_EQ(large.at("NodeType").as_string(), "Core");
}

// 256 GB, of which 5 % stay free, and 61 addresses.
TEST_F(Room, CountsWhatTheHostsHaveFree) {
  EXPECT_EQ(room("TK.SMALL2"), 61) << "as many as a host has addresses";
  EXPECT_EQ(room("TK.4XLARGE64"), 3);
  EXPECT_EQ(spec("TK.4XLARGE64").at("Remark").as_string(), "Enough");
  EXPECT_EQ(room("TK.8XLARGE128"), 1);
  EXPECT_EQ(spec("TK.8XLARGE128").at("Remark").as_string(), "Less");
  const boost::json::object none = spec("TK.16XLARGE256");
  EXPECT_EQ(none.at("Num").as_int64(), 0);
  EXPECT_EQ(none.at("Remark").as_string(), "RunOut");
  const std::string why(none.at("SoldOutReason").as_string());
  EXPECT_NE(why.find("host desk has 243.2 GB of memory"), std::string::npos) << why;
  world.create("wordcount");
  EXPECT_EQ(room("TK.SMALL2"), 58);
}

TEST_F(Room, CountsAsACreateWould) {
  ASSERT_EQ(room("TK.4XLARGE64"), 3);
  EXPECT_EQ(planned(3), "");
  EXPECT_TRUE(planned(4).starts_with("ResourceInsufficient")) << planned(4);
}

TEST_F(Room, HasNoneWhenNoHostIsConnected) {
  world.disconnect_host();
  const boost::json::object none = spec("TK.SMALL1");
  EXPECT_EQ(none.at("Remark").as_string(), "RunOut");
  const std::string why(none.at("SellOutReason").as_string());
  EXPECT_NE(why.find("host desk is not connected"), std::string::npos) << why;
}

TEST_F(Room, ListsOneNodeTypeWhenOneIsAskedFor) {
  const boost::json::object core = answer("DescribeNodeSpec", body("Core"));
  ASSERT_EQ(core.at("NodeSpecs").as_array().size(), 1U);
  EXPECT_EQ(core.at("NodeSpecs").at(0).at("NodeType").as_string(), "Core");
}

TEST_F(Room, RefusesSpecsThatNobodyCanHave) {
  EXPECT_EQ(code(R"("ProductId":500)", R"("ProductId":0)"), "");
  EXPECT_EQ(code(R"("CvmPayMode":0)", R"("CvmPayMode":99)"), "");
  EXPECT_EQ(code(R"("ProductId":500)", R"("ProductId":44)"), "InvalidParameter.InvalidProductId");
  EXPECT_EQ(code(R"("CvmPayMode":0)", R"("CvmPayMode":1)"), "UnsupportedOperation");
  EXPECT_EQ(code(R"("CvmPayMode":0)", R"("CvmPayMode":2)"), "InvalidParameter.InvalidPaymode");
  EXPECT_EQ(code(R"("NodeType":"All")", R"("NodeType":"Router")"),
            "ResourceUnavailable.NotSupportNodeType");
  EXPECT_EQ(code(R"("NodeType":"All")", R"("NodeType":"Worker")"), "InvalidParameterValue");
  EXPECT_EQ(code("Hadoop-Default", "Hadoop-Hbase"), "UnsupportedOperation");
  EXPECT_EQ(code(R"("ZoneId":100003)", R"("ZoneId":3)"), "InvalidParameter.InvalidZone");
  EXPECT_EQ(code(R"("ZoneId":100003)", R"("ZoneId":-1)"), "InvalidParameter.InvalidZone");
  EXPECT_EQ(code(R"("TradeType":1)", R"("TradeType":1,"ResourceBaseType":"ComputeResource")"),
            "UnsupportedOperation.ServiceNotSupport");
}

TEST_F(Room, IsAQuotaOfNodesLikeTheClustersCoreNodes) {
  id = world.create("wordcount");
  ASSERT_EQ(quota().size(), 1U);
  const boost::json::value all = quota().at(0);
  EXPECT_EQ(all.at("UsedQuota").as_int64(), 3);
  EXPECT_EQ(all.at("RemainingQuota").as_int64(), 58);
  EXPECT_EQ(all.at("TotalQuota").as_int64(), 61);
  EXPECT_EQ(all.at("Zone").as_string(), "ap-guangzhou-3");
  world.create("another");
  EXPECT_EQ(quota().at(0).at("UsedQuota").as_int64(), 6);
  EXPECT_EQ(quota().at(0).at("RemainingQuota").as_int64(), 55);
  EXPECT_EQ(quota(R"(,"ZoneId":100003)").size(), 1U);
  EXPECT_EQ(quota(R"(,"ZoneId":100004)").size(), 0U);
  world.disconnect_host();
  EXPECT_EQ(quota().at(0).at("RemainingQuota").as_int64(), 0);
}

TEST_F(Room, HasNoQuotaOfSpotNodesAndPods) {
  id = world.create("wordcount");
  const boost::json::object all =
      answer("DescribeCvmQuota", fmt::format(R"({{"ClusterId":"{}"}})", id));
  EXPECT_TRUE(all.at("SpotPaidQuotaSet").as_array().empty());
  EXPECT_TRUE(all.at("EksQuotaSet").as_array().empty());
  EXPECT_EQ(world.call("DescribeCvmQuota", R"({"ClusterId":"emr-zzzzzzzz"})").code,
            "ResourceNotFound.ClusterNotFound");
}

}  // namespace
}  // namespace tusker::api
