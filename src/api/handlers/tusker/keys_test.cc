// CreateKey, DescribeKeys, DeleteKey, and what a key lets its holder do.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "api/testing/api_world.h"
#include "store/dump.h"

namespace tusker::api {
namespace {

constexpr const char* kDescribe = R"({"DisplayStrategy":"clusterList"})";

class Keys : public ::testing::Test {
 protected:
  boost::json::object response(const Answered& answered) {
    EXPECT_EQ(answered.code, "") << answered.message;
    return boost::json::parse(answered.reply.body).at("Response").as_object();
  }
  RootKey create(std::string_view name, bool read_only = false) {
    const boost::json::object made = response(
        world.call("CreateKey", fmt::format(R"({{"Name":"{}","ReadOnly":{}}})", name, read_only)));
    return {std::string(made.at("SecretId").as_string()),
            std::string(made.at("SecretKey").as_string())};
  }
  Answered remove(std::string_view secret_id) {
    return world.call("DeleteKey", fmt::format(R"({{"SecretId":"{}"}})", secret_id));
  }
  boost::json::array list() {
    return response(world.call("DescribeKeys", "{}")).at("Keys").as_array();
  }
  boost::json::value info_of(std::string_view secret_id) {
    for (const boost::json::value& key : list())
      if (key.at("SecretId").as_string() == secret_id) return key;
    return nullptr;
  }
  // As its holder calls.
  Answered call_with(const RootKey& key, std::string_view action, std::string_view json) {
    const RootKey before = std::exchange(world.key, key);
    Answered answered = world.call(action, json);
    world.key = before;
    return answered;
  }

  ApiWorld world;
};

TEST_F(Keys, SignLikeTheRootKeyFromTheMomentTheyAreMade) {
  const RootKey key = create("ci");
  EXPECT_TRUE(key.secret_id.starts_with("AKID"));
  EXPECT_EQ(key.secret_id.size(), 36U);
  EXPECT_EQ(key.secret_key.size(), 32U);
  EXPECT_EQ(call_with(key, "DescribeInstances", kDescribe).code, "");
  EXPECT_EQ(call_with(key, "CreateInstance", ApiWorld::create_body("wordcount")).code, "");
  EXPECT_EQ(call_with({key.secret_id, std::string(32, 'x')}, "DescribeInstances", kDescribe).code,
            "AuthFailure.SignatureFailure");
}

TEST_F(Keys, AreListedWithoutTheirSecrets) {
  const RootKey key = create("ci", true);
  const boost::json::array keys = list();
  ASSERT_EQ(keys.size(), 2U);
  const boost::json::value root = info_of(world.key.secret_id);
  EXPECT_EQ(root.at("Permission").as_string(), "root");
  EXPECT_EQ(root.at("MadeBy").as_string(), "");
  const boost::json::value made = info_of(key.secret_id);
  EXPECT_EQ(made.at("Name").as_string(), "ci");
  EXPECT_EQ(made.at("Permission").as_string(), "read-only");
  EXPECT_EQ(made.at("MadeBy").as_string(), world.key.secret_id);
  EXPECT_EQ(made.at("LastUsedTime").as_string(), "0000-00-00 00:00:00");
  EXPECT_EQ(boost::json::serialize(keys).find(key.secret_key), std::string::npos);
}

TEST_F(Keys, AreSealedInTheStoreAndNowhereElse) {
  const RootKey key = create("ci");
  for (const std::string& line : world.operations())
    EXPECT_EQ(line.find(key.secret_key), std::string::npos) << line;
  for (const auto& [id, bytes] : world.disk.rows)
    EXPECT_EQ(bytes.find(key.secret_key), std::string::npos) << id.second;
  EXPECT_EQ(masked_text(*world.model.access_key(key.secret_id)).find(key.secret_key),
            std::string::npos);
}

TEST_F(Keys, TellWhenTheyWereUsedToTheHour) {
  const RootKey key = create("ci");
  call_with(key, "DescribeInstances", kDescribe);
  const boost::json::value first = info_of(key.secret_id).at("LastUsedTime");
  EXPECT_NE(first.as_string(), "0000-00-00 00:00:00");
  const CommitNumber before = world.journal.current();
  world.clock.advance(std::chrono::minutes(59));
  call_with(key, "DescribeInstances", kDescribe);
  EXPECT_EQ(world.journal.current(), before) << "a call that changes nothing is no commit";
  world.clock.advance(std::chrono::minutes(1));
  call_with(key, "DescribeInstances", kDescribe);
  EXPECT_NE(info_of(key.secret_id).at("LastUsedTime"), first);
}

TEST_F(Keys, ThatAreReadOnlyLookAtEverythingAndChangeNothing) {
  const std::string cluster = world.create("wordcount");
  const RootKey key = create("eyes", true);
  for (const ActionInfo& action : all_actions()) {
    const Answered answered = call_with(key, action.name, "{}");
    const bool refused = answered.code == "UnauthorizedOperation.CheckCamAuth";
    EXPECT_EQ(refused, action.mutating || action.stream) << action.name << ": " << answered.code;
    if (refused) {
      EXPECT_NE(answered.message.find(action.permission), std::string::npos);
    }
  }
  const Answered answered =
      call_with(key, "TerminateInstance", fmt::format(R"({{"InstanceId":"{}"}})", cluster));
  EXPECT_EQ(answered.code, "UnauthorizedOperation.CheckCamAuth");
  EXPECT_EQ(world.model.cluster(cluster)->state(), store::Cluster::CREATING);
}

TEST_F(Keys, SignNothingOnceTheyAreDeletedAndTheirListenersHearOfIt) {
  const RootKey key = create("ci");
  EXPECT_EQ(call_with(key, "DescribeInstances", kDescribe).code, "");
  std::vector<std::string> heard;
  world.controller->on_key_deleted([&](const std::string& id) { heard.push_back(id); });
  const Answered deleted = remove(key.secret_id);
  EXPECT_EQ(deleted.code, "") << deleted.message;
  EXPECT_EQ(deleted.reply.after_commit, world.journal.current()) << "it is durable when answered";
  EXPECT_EQ(heard, std::vector<std::string>{key.secret_id});
  EXPECT_EQ(call_with(key, "DescribeInstances", kDescribe).code, "AuthFailure.SecretIdNotFound");
  EXPECT_TRUE(info_of(key.secret_id).is_null());
  EXPECT_EQ(remove(key.secret_id).code, "ResourceNotFound.KeyNotFound");
}

TEST_F(Keys, AreNotDeletedWhenThatLocksSomebodyOut) {
  const RootKey key = create("ci");
  const Answered root = remove(world.key.secret_id);
  EXPECT_EQ(root.code, "FailedOperation.KeyNotDeletable");
  EXPECT_NE(root.message.find("root key"), std::string::npos);
  const Answered own =
      call_with(key, "DeleteKey", fmt::format(R"({{"SecretId":"{}"}})", key.secret_id));
  EXPECT_EQ(own.code, "FailedOperation.KeyNotDeletable");
  EXPECT_EQ(call_with(key, "DescribeInstances", kDescribe).code, "");
}

TEST_F(Keys, HaveNamesThatPrintEverywhere) {
  for (const std::string_view name : {"", "-ci", "a b", "a/b", "a\\u001b", "\\u4e2d"}) {
    EXPECT_EQ(world.call("CreateKey", fmt::format(R"({{"Name":"{}"}})", name)).code,
              "InvalidParameterValue")
        << name;
  }
  EXPECT_EQ(world.model.access_keys().size(), 1U);
  EXPECT_EQ(world.call("CreateKey", fmt::format(R"({{"Name":"{}"}})", std::string(65, 'a'))).code,
            "InvalidParameterValue");
}

TEST_F(Keys, OfOneAccountAreNotAnothers) {
  store::AccessKey foreign = *world.model.access_key(create("ci").secret_id);
  foreign.set_account(foreign.account() + 1);
  Change change;
  change.put(foreign);
  world.journal.commit(std::move(change));
  EXPECT_EQ(list().size(), 1U);
  EXPECT_EQ(remove(foreign.secret_id()).code, "ResourceNotFound.KeyNotFound");
}

}  // namespace
}  // namespace tusker::api
