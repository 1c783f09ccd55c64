#include "plan/definitions.h"

#include <gtest/gtest.h>

#include "plan/spec.h"
#include "share/embedded.h"

namespace tusker {
namespace {

std::vector<DefinitionFile> built_in_files() {
  std::vector<DefinitionFile> files;
  for (const std::string_view path : list_embedded("")) {
    if (path.ends_with("/component.yaml") || path.starts_with("releases/")) {
      files.push_back({std::string(path), std::string(*embedded_file(path))});
    }
  }
  return files;
}

// All that is found wrong after `from` is replaced by `to` in a file.
std::string problems_after(std::string_view path, std::string_view from, std::string_view to) {
  std::vector<DefinitionFile> files = built_in_files();
  for (DefinitionFile& file : files) {
    if (file.path != path) continue;
    const std::size_t at = file.text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) file.text.replace(at, from.size(), to);
  }
  const auto loaded = load_definitions(files);
  return loaded.ok() ? "nothing wrong" : loaded.error().message();
}

constexpr std::string_view kHdfs = "components/hdfs/component.yaml";
constexpr std::string_view kYarn = "components/yarn/component.yaml";
constexpr std::string_view kZookeeper = "components/zookeeper/component.yaml";

#define EXPECT_TOLD(problems, words) \
  EXPECT_NE((problems).find(words), std::string::npos) << (problems)

TEST(Definitions, OfTheProductLoadWithoutProblem) {
  const auto loaded = built_in_definitions();
  ASSERT_TRUE(loaded.ok()) << loaded.error().message();
  ASSERT_NE(loaded->release("EMR-V5.0.0"), nullptr);
  EXPECT_EQ(loaded->release_by_product(500), loaded->release("EMR-V5.0.0"));
  for (const char* role : {"NameNode",
                           "SecondaryNameNode",
                           "DataNode",
                           "ResourceManager",
                           "NodeManager",
                           "JobHistoryServer"}) {
    EXPECT_NE(loaded->role(role), nullptr) << role;
  }
}

TEST(Definitions, EachComponentHasASmokeTest) {
  const auto loaded = built_in_definitions();
  ASSERT_TRUE(loaded.ok());
  for (const ComponentDefinition& component : loaded->components)
    EXPECT_FALSE(component.smoke_test.empty()) << component.name;
  std::vector<DefinitionFile> files = built_in_files();
  for (DefinitionFile& file : files) {
    if (file.path == kHdfs) file.text.resize(file.text.find("smoke_test:"));
  }
  const auto without = load_definitions(files);
  ASSERT_FALSE(without.ok());
  EXPECT_TOLD(without.error().message(), "the file has no \"smoke_test\"");
}

TEST(Definitions, AnUnknownKeyIsToldWithItsLineAndTheNearestName) {
  const std::string told = problems_after(
      kHdfs, "    ports: { rpc: 4007, http: 4008 }", "    prots: { rpc: 4007, http: 4008 }");
  EXPECT_TOLD(told,
              "components/hdfs/component.yaml:16: unknown key \"prots\"; did you mean \"ports\"?");
}

TEST(Definitions, AllProblemsAreToldTogether) {
  std::vector<DefinitionFile> files = built_in_files();
  for (DefinitionFile& file : files) {
    if (file.path != kHdfs) continue;
    file.text.replace(file.text.find("schema: component/v1"), 20, "schema: component/v9");
    file.text.replace(file.text.find("min_mb: 176"), 11, "min_mb: lots");
    file.text.replace(file.text.find("after: [NameNode]"), 17, "after: [NameNod]");
  }
  const auto loaded = load_definitions(files);
  ASSERT_FALSE(loaded.ok());
  EXPECT_TOLD(loaded.error().message(), "schema is \"component/v9\", wanted \"component/v1\"");
  EXPECT_TOLD(loaded.error().message(),
              "roles.NameNode.memory.min_mb is \"lots\", wanted a whole number");
  EXPECT_TOLD(loaded.error().message(), "there is no role \"NameNod\"; did you mean \"NameNode\"?");
}

TEST(Definitions, RolesThatWaitForEachOtherAreFound) {
  const std::string told =
      problems_after(kHdfs,
                     "    ready_within: 2m\n    complete:",
                     "    ready_within: 2m\n    after: [DataNode]\n    complete:");
  EXPECT_TOLD(told, "roles wait for each other in a circle: ");
  EXPECT_TOLD(told, "NameNode -> DataNode");
}

TEST(Definitions, ComponentsThatNeedEachOtherAreFound) {
  EXPECT_TOLD(problems_after(kHdfs, "needs: []", "needs: [yarn]"),
              "components need each other in a circle: hdfs -> yarn -> hdfs");
}

TEST(Definitions, NamesInFormulasTextsAndReleasesAreChecked) {
  EXPECT_TOLD(problems_after(kHdfs, "min(2, core_nodes)", "min(2, core_node)"),
              "there is no fact \"core_node\"; did you mean \"core_nodes\"?");
  EXPECT_TOLD(problems_after(kHdfs, "{port:NameNode.rpc}", "{port:NameNode.rcp}"),
              "there is no port \"NameNode.rcp\"");
  EXPECT_TOLD(problems_after(kHdfs, "{hdfs.cluster_id}", "{hdfs.clusterid}"),
              "there is no identity \"hdfs.clusterid\"");
  EXPECT_TOLD(problems_after("releases/emr-v5.0.0.yaml", "hdfs: 3.5.0", "hdfs: 3.4.0"),
              "there is no component \"hdfs-3.4.0\"");
  EXPECT_TOLD(
      problems_after("releases/emr-v5.0.0.yaml", "settings: {}", "settings: { dfs.replicaton: 2 }"),
      "did you mean \"dfs.replication\"?");
}

TEST(Definitions, AListThatAComponentExtendsIsOneOfAnother) {
  EXPECT_TOLD(problems_after("components/spark/component.yaml",
                             "  yarn.nodemanager.aux-services: spark_shuffle",
                             "  yarn.nodemanager.aux-service: spark_shuffle"),
              "there is no setting \"yarn.nodemanager.aux-service\"; did you mean "
              "\"yarn.nodemanager.aux-services\"?");
}

TEST(Definitions, WrongTypesRangesAndPlacesAreFound) {
  EXPECT_TOLD(problems_after(kHdfs, "    default: 30000\n", "    default: soon\n"),
              "dfs.namenode.safemode.extension is \"soon\", wanted a whole number");
  EXPECT_TOLD(problems_after(kHdfs, "on: { core: every }", "on: { cores: every }"),
              "unknown node type \"cores\"; did you mean \"core\"?");
  EXPECT_TOLD(problems_after(kYarn, "ready: { state: STARTED }", "ready: { States: STARTED }"),
              "ready names \"States\"");
  EXPECT_TOLD(problems_after(kHdfs, "Protocol/versionRequest", "Protocol.versionRequest"),
              "is no call, such as PROTOCOL/METHOD");
  EXPECT_TOLD(problems_after(kZookeeper, "zookeeper: mntr", "zookeeper: monitor"),
              "\"monitor\" is no four-letter word, such as mntr");
  EXPECT_TOLD(problems_after(kHdfs, "open_files: decommission", "open_files: all"),
              "\"all\" are no files that can be asked for: decommission");
  EXPECT_TOLD(problems_after(kYarn, "http: 5003", "http: 4008"),
              "port 4008 is both NameNode.http and ResourceManager.http");
  EXPECT_TOLD(problems_after(kHdfs, "oom_score_adj: 0", "oom_score_adj: -500"),
              "oom_score_adj is \"-500\"");
  EXPECT_TOLD(problems_after(kHdfs, "path: hdfs/name", "path: ../name"), "is no path below a disk");
  EXPECT_TOLD(problems_after(kHdfs, "restart: [NameNode]", "restart: [NameNode"), "not YAML");
}

TEST(Definitions, AProbeThatIsNotAlwaysAskedDependsOnOneBeforeIt) {
  EXPECT_TOLD(problems_after(kHdfs, "when: NumDecommissioningDataNodes", "when: DecomNodes"),
              "when names \"DecomNodes\", which no probe before reports");
  EXPECT_TOLD(problems_after(kHdfs,
                             "when: NumDecommissioningDataNodes",
                             "when: FSState\n        ready: { DecomNodes: none }"),
              "a probe that is not always asked cannot tell whether a role is well");
}

TEST(Definitions, LimitsAreOfTheProbesFactsAndOfOneKind) {
  EXPECT_TOLD(problems_after(kHdfs, "limits: { FSState:", "limits: { State:"),
              "limits names \"State\", which is not among the probe's facts");
  EXPECT_TOLD(problems_after(kHdfs, "{ most: 7,", "{ most: 7, equals: x,"),
              "a limit has one of `most` and `equals`");
  EXPECT_TOLD(problems_after(kHdfs, "{ most: 7,", "{"), "a limit has one of `most` and `equals`");
  EXPECT_TOLD(problems_after(kHdfs, "{ most: 7,", "{ most: seven,"), "most is \"seven\"");
  EXPECT_TOLD(problems_after(kHdfs, "most: 7, says:", "most: 7, said:"), "did you mean \"says\"?");
}

TEST(Specs, AreReadByFamilySizeAndMemory) {
  const auto loaded = built_in_definitions();
  ASSERT_TRUE(loaded.ok());
  const auto small = find_spec(*loaded, "TK.SMALL1");
  ASSERT_TRUE(small.ok());
  EXPECT_EQ(small->cpus(), 1U);
  EXPECT_EQ(small->memory_bytes(), 1ULL << 30);
  const auto large = find_spec(*loaded, "S5.2XLARGE32");
  ASSERT_TRUE(large.ok());
  EXPECT_EQ(large->cpus(), 8U);
  EXPECT_EQ(large->memory_bytes(), 32ULL << 30);
}

TEST(Specs, ThatAreNotOfferedAreRefusedWithTheNearestThatIs) {
  const auto loaded = built_in_definitions();
  ASSERT_TRUE(loaded.ok());
  for (const char* name :
       {"TK.SMALL9", "TK.", "TK", "", ".SMALL1", "TK.0XLARGE4", "TK.SMALL1 ", "QQ.SMALL1"}) {
    const auto spec = find_spec(*loaded, name);
    ASSERT_FALSE(spec.ok()) << name;
    EXPECT_EQ(spec.error().api_code(), "InvalidParameter.InvalidInstanceType");
  }
  EXPECT_TOLD(find_spec(*loaded, "TK.SMAL1").error().message(), "did you mean \"TK.SMALL1\"?");
}

}  // namespace
}  // namespace tusker
