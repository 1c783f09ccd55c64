#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class ExplainSetting : public ::testing::Test {
 protected:
  Answered ask(std::string_view key, std::string_view more = "") {
    return world.call("ExplainSetting",
                      fmt::format(R"({{"InstanceId":"{}","Key":"{}"{}}})", id, key, more));
  }
  boost::json::array settings(std::string_view key, std::string_view more = "") {
    const Answered answered = ask(key, more);
    EXPECT_EQ(answered.code, "") << answered.message;
    return boost::json::parse(answered.reply.body).at("Response").at("Settings").as_array();
  }
  ApiWorld world;
  const std::string id = world.create("wordcount");
};

TEST_F(ExplainSetting, TellsTheFormulaAndWhatWentIntoItOnEachNode) {
  const boost::json::array all = settings("dfs.replication");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].at("Node").as_string(), "master-1");
  EXPECT_EQ(all[0].at("File").as_string(), "hdfs-site.xml");
  EXPECT_EQ(all[0].at("Value").as_string(), "2");
  EXPECT_EQ(all[0].at("Layer").as_string(), "sizing");
  EXPECT_NE(all[0].at("Inputs").as_string().find("=2"), boost::json::string::npos);
  EXPECT_EQ(settings("dfs.replication", R"(,"Node":"core-2")").size(), 1U);
}

TEST_F(ExplainSetting, NamesTheNearestThatThereIs) {
  const Answered answered = ask("dfs.replicatoin");
  EXPECT_EQ(answered.code, "ResourceNotFound.ServiceConfNotFound");
  EXPECT_NE(answered.message.find("dfs.replication"), std::string::npos) << answered.message;
}

}  // namespace
}  // namespace tusker::api
