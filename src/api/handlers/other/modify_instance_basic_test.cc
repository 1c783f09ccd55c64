#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class ModifyInstanceBasic : public ::testing::Test {
 protected:
  Answered rename(std::string_view to, std::string_view more = "") {
    return world.call("ModifyInstanceBasic",
                      fmt::format(R"({{"InstanceId":"{}","ClusterName":"{}"{}}})", id, to, more));
  }
  const std::string& name() const { return world.model.cluster(id)->name(); }
  ApiWorld world;
  const std::string id = world.create("wordcount");
};

TEST_F(ModifyInstanceBasic, RenamesAlsoWhileAFlowRuns) {
  ASSERT_NE(world.model.running_flow(id), nullptr);
  const Answered answered = rename("word-count");
  EXPECT_EQ(answered.code, "") << answered.message;
  EXPECT_EQ(name(), "word-count");
  EXPECT_GE(answered.reply.after_commit, world.journal.current()) << "told before it is durable";
  EXPECT_EQ(rename("word-count").code, "") << "again is no error";
}

TEST_F(ModifyInstanceBasic, RefusesWhatIsNoNameAndWhatIsNoCluster) {
  EXPECT_EQ(rename("short").code, "InvalidParameter.InvalidInstanceName");
  EXPECT_NE(rename("short").message.find("ClusterName"), std::string::npos);
  EXPECT_EQ(rename("word count").code, "InvalidParameter.InvalidInstanceName");
  EXPECT_EQ(rename("word-count", R"(,"ResourceBaseType":"ComputeResource")").code,
            "UnsupportedOperation.ServiceNotSupport");
  EXPECT_EQ(name(), "wordcount");
  EXPECT_EQ(world
                .call("ModifyInstanceBasic",
                      R"({"InstanceId":"emr-zzzzzzzz","ClusterName":"word-count"})")
                .code,
            "ResourceNotFound.InstanceNotFound");
}

}  // namespace
}  // namespace tusker::api
