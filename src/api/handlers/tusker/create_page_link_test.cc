#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class CreatePageLink : public ::testing::Test {
 protected:
  Answered ask(const std::string& cluster) {
    return world.call("CreatePageLink", fmt::format(R"({{"InstanceId":"{}"}})", cluster));
  }
  boost::json::object link() {
    const Answered answered = ask(id);
    EXPECT_EQ(answered.code, "") << answered.message;
    return boost::json::parse(answered.reply.body).at("Response").as_object();
  }
  // What follows "token=".
  static std::string secret_of(const boost::json::object& link) {
    const std::string path(link.at("Path").as_string());
    return path.substr(path.find('=') + 1);
  }

  ApiWorld world;
  const std::string id = world.create("wordcount");
};

TEST_F(CreatePageLink, LetsInToThePagesOfThisCluster) {
  const boost::json::object made = link();
  EXPECT_EQ(made.at("Hostname").as_string(), id + ".localhost");
  EXPECT_TRUE(made.at("Path").as_string().starts_with("/.tusker/login?token="));
  EXPECT_TRUE(world.page_access.follow(secret_of(made), id));
  EXPECT_NE(secret_of(made), secret_of(link()));
}

TEST_F(CreatePageLink, NamesThePages) {
  const boost::json::array pages = link().at("Pages").as_array();
  ASSERT_FALSE(pages.empty());
  const boost::json::object& first = pages[0].as_object();
  EXPECT_EQ(first.at("Title").as_string(), "NameNode");
  EXPECT_EQ(first.at("Node").as_string(), "master-1");
  EXPECT_EQ(first.at("State").as_string(), "unknown");
  EXPECT_EQ(first.at("Hostname").as_string(), "4008-master-1." + id + ".localhost");
}

// It lets somebody in, so it is recorded who asked; the secret is not.
TEST_F(CreatePageLink, IsInTheOperationLogWithoutItsSecret) {
  const std::string secret = secret_of(link());
  const std::vector<std::string> operations = world.operations();
  ASSERT_FALSE(operations.empty());
  EXPECT_TRUE(operations[0].starts_with("CreatePageLink: accepted")) << operations[0];
  for (const std::string& line : operations) EXPECT_EQ(line.find(secret), std::string::npos);
}

TEST_F(CreatePageLink, KnowsNoClusterThatEndedOrIsAnotherAccounts) {
  EXPECT_EQ(ask("emr-00000000").code, "ResourceNotFound.InstanceNotFound");
  store::Cluster foreign = *world.model.cluster(id);
  foreign.set_account(foreign.account() + 1);
  Change change;
  change.put(std::move(foreign));
  world.journal.commit(std::move(change));
  EXPECT_EQ(ask(id).code, "ResourceNotFound.InstanceNotFound");
}

}  // namespace
}  // namespace tusker::api
