#include "plan/scripts.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "plan/testing/plan_fixture.h"

namespace tusker {
namespace {

ScriptRequest script(const std::string& name, store::Script::Moment moment) {
  return {
      .name = name, .moment = moment, .arguments = {}, .content = "#!/bin/sh\n# " + name + "\n"};
}

std::string code_of(const ScriptRequest& asked) {
  const Status status = check_scripts({asked});
  return status.ok() ? "" : std::string(status.error().api_code());
}

TEST(Scripts, AreCheckedBeforeTheyBecomeFilesOfNodes) {
  const ScriptRequest good = script("setup-1.sh", store::Script::RESOURCE_AFTER);
  EXPECT_EQ(code_of(good), "");
  for (const char* name : {"", "a/b", "../a", "two words", "a\nb", "$(id)"}) {
    ScriptRequest bad = good;
    bad.name = name;
    EXPECT_EQ(code_of(bad), "InvalidParameter.InvalidPreExecutedFile") << name;
  }
  ScriptRequest bad = good;
  bad.arguments = {std::string(100, 'a'), std::string(130, 'a')};
  EXPECT_EQ(code_of(bad), "InvalidParameter.InvalidBootstrapAction") << "240 characters";
  bad.arguments = {std::string("a\0b", 3)};
  EXPECT_EQ(code_of(bad), "InvalidParameter.InvalidBootstrapAction");
  bad = good;
  bad.content.clear();
  EXPECT_EQ(code_of(bad), "InvalidParameter.InvalidCosFileURI");
  bad.content.assign((64 << 10) + 1, 'a');
  EXPECT_EQ(code_of(bad), "InvalidParameter.InvalidCosFileURI");
  EXPECT_TRUE(check_scripts(std::vector<ScriptRequest>(16, good)).ok());
  EXPECT_EQ(check_scripts(std::vector<ScriptRequest>(17, good)).error().api_code(),
            "LimitExceeded.BootstrapActionsNumLimitExceeded");
}

TEST(Scripts, BecomeFilesOfEveryNodeInTheOrderInWhichTheyRun) {
  CreateRequest request = testing::request("TK.SMALL1", "TK.SMALL1");
  request.scripts = {script("last.sh", store::Script::CLUSTER_AFTER),
                     script("b.sh", store::Script::CLUSTER_BEFORE),
                     script("a.sh", store::Script::RESOURCE_AFTER),
                     script("b.sh", store::Script::CLUSTER_BEFORE)};
  request.scripts[1].arguments = {"one", "two words"};
  const ClusterPlan plan = testing::plan(testing::one_host(), request).value();
  for (const store::Node& node : plan.nodes) {
    std::vector<std::string> paths;
    for (const store::File& file : node.files()) {
      if (!file.path().starts_with("scripts/")) continue;
      paths.push_back(file.path());
      EXPECT_EQ(file.mode(), 0500U) << "a script may have a password in it";
      EXPECT_TRUE(
          std::any_of(plan.files.begin(), plan.files.end(), [&](const store::FileContent& content) {
            return content.digest() == file.digest();
          }));
    }
    EXPECT_EQ(paths,
              (std::vector<std::string>{
                  "scripts/01-a.sh", "scripts/02-b.sh", "scripts/03-b.sh", "scripts/04-last.sh"}));
    ASSERT_EQ(node.scripts_size(), 4);
    EXPECT_EQ(node.scripts(1).arguments(1), "two words");
  }
  EXPECT_EQ(plan.cluster.scripts_size(), 4);
}

}  // namespace
}  // namespace tusker
