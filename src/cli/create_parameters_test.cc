#include "cli/create_parameters.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/file.h"
#include "base/testing/temporary_folder.h"
#include "cli/node_sizes.h"

namespace tusker::cli {
namespace {

TEST(SoftwareOf, AddsTheReleasesVersionsAndKeepsThoseGiven) {
  const auto software =
      software_of({"hdfs", "yarn-3.5.0"}, {{"hdfs", "3.5.0"}, {"yarn", "3.5.0"}}, "EMR-V5.0.0");
  ASSERT_TRUE(software.ok());
  EXPECT_EQ(*software, (std::vector<std::string>{"hdfs-3.5.0", "yarn-3.5.0"}));
}

TEST(SoftwareOf, NamesWhatTheReleaseHasWhenAComponentIsUnknown) {
  const auto software = software_of({"hfds"}, {{"hdfs", "3.5.0"}, {"yarn", "3.5.0"}}, "EMR-V5.0.0");
  ASSERT_FALSE(software.ok());
  EXPECT_EQ(software.error().message(),
            "EMR-V5.0.0 has no component 'hfds' (did you mean 'hdfs'?); it has: hdfs, yarn");
}

TEST(BootstrapScriptOf, TakesWordsAsAShellDoes) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/set up.sh";
  ASSERT_TRUE(write_file_atomic(path, "true\n", 0644).ok());
  const auto script =
      bootstrap_script_of("clusterAfter='" + path + "'  --name=\"a b\" it\\'s '' \"\\\"x\\y\"");
  ASSERT_TRUE(script.ok()) << script.error().message();
  EXPECT_EQ(script->moment, "clusterAfter");
  EXPECT_EQ(script->name, "set up.sh");
  EXPECT_EQ(script->content, "true\n");
  EXPECT_EQ(script->arguments, (std::vector<std::string>{"--name=a b", "it's", "", "\"x\\y"}));
  for (const char* const wrong : {"'setup.sh", "setup.sh \"--fast", "", "''", "clusterAfter="})
    EXPECT_FALSE(bootstrap_script_of(wrong).ok()) << wrong;
}

TEST(CreateParameters, HaveTheFormOfCreateInstance) {
  CreateChoices choices;
  choices.name = "wordcount";
  choices.product_id = 500;
  choices.software = {"hdfs-3.5.0"};
  choices.master_spec = "TK.SMALL2";
  choices.core_spec = "TK.SMALL1";
  choices.client_token = "token";
  choices.tags = {{"team", "data"}};
  const boost::json::object parameters = create_parameters(choices);
  EXPECT_EQ(parameters.at("ProductId"), 500);
  EXPECT_EQ(parameters.at("ResourceSpec").at("CoreCount"), 2);
  EXPECT_EQ(parameters.at("ResourceSpec").at("MasterResourceSpec").at("InstanceType"), "TK.SMALL2");
  EXPECT_EQ(parameters.at("Tags").at(0).at("TagKey"), "team");
}

class ChooseSizes : public ::testing::Test {
 protected:
  Definitions definitions() {
    Definitions out;
    out.specs.families = {"TK"};
    out.specs.shapes = {"SMALL1", "SMALL2", "MEDIUM4"};
    return out;
  }
  std::vector<Profile> profiles_ = {{.name = "small",
                                     .master_spec = "TK.SMALL1",
                                     .core_spec = "TK.SMALL1",
                                     .total_memory_bytes = 3ULL << 30},
                                    {.name = "medium",
                                     .master_spec = "TK.SMALL2",
                                     .core_spec = "TK.SMALL2",
                                     .total_memory_bytes = 6ULL << 30},
                                    {.name = "large",
                                     .master_spec = "TK.MEDIUM4",
                                     .core_spec = "TK.MEDIUM4",
                                     .total_memory_bytes = 12ULL << 30}};
};

TEST_F(ChooseSizes, TakesTheLargestProfileThatFitsAndSaysWhich) {
  const auto sizes =
      choose_sizes(definitions(), profiles_, "", {{.name = "a", .memory_bytes = 7ULL << 30}}, 1, 2);
  ASSERT_TRUE(sizes.ok()) << sizes.error().message();
  EXPECT_EQ(sizes->master_spec, "TK.SMALL2");
  EXPECT_EQ(sizes->explanation,
            "profile medium (master TK.SMALL2, core TK.SMALL2): 6 GB of the 7 GB that host a has "
            "free for nodes");
}

TEST_F(ChooseSizes, CountsTheNodesThatWereAskedFor) {
  const auto sizes =
      choose_sizes(definitions(), profiles_, "", {{.name = "a", .memory_bytes = 7ULL << 30}}, 1, 5);
  ASSERT_TRUE(sizes.ok()) << sizes.error().message();
  EXPECT_EQ(sizes->core_spec, "TK.SMALL1");
}

TEST_F(ChooseSizes, SaysHowMuchIsMissingWhenNothingFits) {
  const auto sizes =
      choose_sizes(definitions(), profiles_, "", {{.name = "a", .memory_bytes = 2ULL << 30}}, 1, 2);
  ASSERT_FALSE(sizes.ok());
  EXPECT_EQ(sizes.error().code(), ErrorCode::ResourceExhausted);
  EXPECT_NE(sizes.error().message().find("need 3 GB of memory; host a has 2 GB free"),
            std::string::npos);
}

TEST_F(ChooseSizes, ListsTheProfilesWhenOneIsUnknown) {
  const auto sizes = choose_sizes(definitions(), profiles_, "huge", {}, 1, 2);
  ASSERT_FALSE(sizes.ok());
  EXPECT_EQ(sizes.error().message(), "there is no profile 'huge'; there are: small, medium, large");
}

}  // namespace
}  // namespace tusker::cli
