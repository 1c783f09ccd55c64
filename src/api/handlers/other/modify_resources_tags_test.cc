#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class ModifyResourcesTags : public ::testing::Test {
 protected:
  Answered change(const std::string& cluster,
                  std::string_view lists,
                  std::string_view type = "Cluster") {
    return world.call(
        "ModifyResourcesTags",
        fmt::format(R"({{"ModifyType":"{}","ModifyResourceTagsInfoList":[{{"ResourceId":"{}",
            "Resource":"qcs::emr:ap-guangzhou:uin/:emr-instance/{}","ResourcePrefix":"emr-instance",
            "ResourceRegion":"ap-guangzhou","ServiceType":"emr",{}}}]}})",
                    type,
                    cluster,
                    cluster,
                    lists));
  }
  std::map<std::string, std::string> tags() const {
    std::map<std::string, std::string> found;
    for (const store::Tag& tag : world.model.cluster(id)->tags()) found[tag.key()] = tag.value();
    return found;
  }
  ApiWorld world;
  const std::string id =
      world.create("wordcount", R"(, "Tags": [{"TagKey": "team", "TagValue": "data"}])");
};

TEST_F(ModifyResourcesTags, AddsChangesAndDeletesTogether) {
  const Answered answered = change(id,
                                   R"("AddTags":[{"TagKey":"cost","TagValue":"7"}],
                                      "ModifyTags":[{"TagKey":"team","TagValue":"web"}])");
  ASSERT_EQ(answered.code, "") << answered.message;
  EXPECT_EQ(tags(), (std::map<std::string, std::string>{{"cost", "7"}, {"team", "web"}}));
  const auto lists = boost::json::parse(answered.reply.body).at("Response").as_object();
  EXPECT_EQ(boost::json::serialize(lists.at("SuccessList")), "[\"" + id + "\"]");
  EXPECT_TRUE(lists.at("FailList").as_array().empty());
  EXPECT_GE(answered.reply.after_commit, world.journal.current()) << "told before it is durable";

  EXPECT_EQ(change(id, R"("DeleteTags":[{"TagKey":"team"},{"TagKey":"absent"}])").code, "");
  EXPECT_EQ(tags(), (std::map<std::string, std::string>{{"cost", "7"}}));
}

TEST_F(ModifyResourcesTags, ListsClustersThatDoNotExistAsFailed) {
  const Answered answered =
      change("emr-zzzzzzzz", R"("AddTags":[{"TagKey":"cost","TagValue":"7"}])");
  ASSERT_EQ(answered.code, "");
  EXPECT_EQ(
      boost::json::serialize(boost::json::parse(answered.reply.body).at("Response").at("FailList")),
      R"(["emr-zzzzzzzz"])");
}

TEST_F(ModifyResourcesTags, ChangesNothingWhenTheRequestIsWrong) {
  EXPECT_EQ(change(id, R"("AddTags":[{"TagKey":"a"},{"TagKey":"a"}])").code,
            "InvalidParameter.InvalidTagsGroup");
  EXPECT_EQ(change(id, R"("AddTags":[{"TagValue":"a"}])").code,
            "InvalidParameter.InvalidTagsGroup");
  EXPECT_EQ(change("emr-vm-aaaaaaaa", R"("AddTags":[{"TagKey":"a"}])", "Node").code,
            "UnsupportedOperation");
  std::string many;
  for (int i = 0; i < 50; ++i)
    many += fmt::format(R"({}{{"TagKey":"key-{}"}})", i > 0 ? "," : "", i);
  const Answered answered = change(id, "\"AddTags\":[" + many + "]");
  EXPECT_EQ(boost::json::parse(answered.reply.body).at("Response").at("FailList").as_array().size(),
            1U)
      << "51 tags are too many";
  EXPECT_EQ(tags(), (std::map<std::string, std::string>{{"team", "data"}}));
}

}  // namespace
}  // namespace tusker::api
