#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class DescribeInstancesList : public ::testing::Test {
 protected:
  boost::json::object describe(std::string_view more = "") {
    const Answered answered = world.call(
        "DescribeInstancesList", fmt::format(R"({{"DisplayStrategy":"clusterList"{}}})", more));
    EXPECT_EQ(answered.code, "") << answered.message;
    return boost::json::parse(answered.reply.body).at("Response").as_object();
  }
  std::vector<std::string> ids(std::string_view more = "") {
    std::vector<std::string> found;
    const boost::json::object answer = describe(more);
    for (const auto& entry : answer.at("InstancesList").as_array())
      found.emplace_back(entry.at("ClusterId").as_string());
    return found;
  }
  std::string refused(std::string_view more) {
    return world
        .call("DescribeInstancesList",
              fmt::format(R"({{"DisplayStrategy":"clusterList"{}}})", more))
        .code;
  }
  ApiWorld world;
};

TEST_F(DescribeInstancesList, ShowsTheClustersOfTheOtherListInFewerWords) {
  const std::string id =
      world.create("wordcount", R"(, "Tags": [{"TagKey": "team", "TagValue": "data"}])");
  const boost::json::object answer = describe();
  EXPECT_EQ(answer.at("TotalCnt").as_int64(), 1);
  const boost::json::value& entry = answer.at("InstancesList").at(0);
  EXPECT_EQ(entry.at("ClusterId").as_string(), id);
  EXPECT_EQ(entry.at("ClusterName").as_string(), "wordcount");
  EXPECT_EQ(entry.at("Status").as_int64(), 3);
  EXPECT_EQ(entry.at("StatusDesc").as_string(), "creating");
  EXPECT_EQ(entry.at("EmrVersion").as_string(), "EMR-V5.0.0");
  EXPECT_EQ(entry.at("ProductId").as_int64(), 500);
  EXPECT_EQ(entry.at("AddTime").as_string(), "2026-01-01 00:00:00");
  EXPECT_EQ(entry.at("Tags").at(0).at("TagValue").as_string(), "data");
  EXPECT_EQ(entry.at("UniqVpcId").as_string(), "vpc-11111111");
  EXPECT_TRUE(entry.at("OutSideSoftInfo").as_array().empty());
}

TEST_F(DescribeInstancesList, AscendsByDefaultAndShowsAllWithoutAPage) {
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) made.push_back(world.create(fmt::format("cluster-{}", i)));
  EXPECT_EQ(ids(), made);
  EXPECT_EQ(ids(R"(,"Offset":0,"Limit":0)"), made);
  EXPECT_EQ(ids(R"(,"Asc":1)").front(), made[4]);
  EXPECT_EQ(ids(R"(,"Limit":2,"Offset":1)"), (std::vector<std::string>{made[2], made[3]}));
  EXPECT_TRUE(ids(R"(,"Offset":7)").empty());
  EXPECT_EQ(describe(R"(,"Limit":2)").at("TotalCnt").as_int64(), 5);
}

TEST_F(DescribeInstancesList, FiltersByIdNameAndStatus) {
  const std::string first = world.create("first-one");
  const std::string second = world.create("second-one");
  const auto filter = [](std::string_view name, std::string_view values) {
    return fmt::format(R"({{"Name":"{}","Values":[{}]}})", name, values);
  };
  const auto with = [](const std::string& filters) { return ",\"Filters\":[" + filters + "]"; };
  EXPECT_EQ(ids(with(filter("ClusterId", "\"" + second + "\""))),
            (std::vector<std::string>{second}));
  EXPECT_EQ(ids(with(filter("ClusterName", R"("first-one","absent")"))),
            (std::vector<std::string>{first}));
  EXPECT_EQ(ids(with(filter("ClusterStatus", R"("3")"))).size(), 2U);
  EXPECT_TRUE(ids(with(filter("ClusterStatus", R"("2")"))).empty());
  EXPECT_TRUE(ids(with(filter("ClusterName", R"("first-one")") + "," +
                       filter("ClusterId", "\"" + second + "\"")))
                  .empty())
      << "every filter has to fit";
  EXPECT_EQ(refused(with(filter("Name", R"("x")"))), "InvalidParameter");
  EXPECT_EQ(refused(with(filter("ClusterId", R"("x")"))), "InvalidParameter.InvalidClusterId");
}

TEST_F(DescribeInstancesList, HasNoClustersOnAContainerService) {
  world.create("wordcount");
  EXPECT_TRUE(ids(R"(,"ClusterType":2)").empty());
  EXPECT_EQ(refused(R"(,"OrderField":"size")"), "InvalidParameter.OrderFieldNotMatch");
}

}  // namespace
}  // namespace tusker::api
