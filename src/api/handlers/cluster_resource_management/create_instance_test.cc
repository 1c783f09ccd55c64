#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class CreateInstance : public ::testing::Test {
 protected:
  // The working request with one text of it replaced.
  Answered replaced(std::string_view from, std::string_view to) {
    std::string body = ApiWorld::create_body("wordcount");
    const std::size_t at = body.find(from);
    TK_CHECK(at != std::string::npos, "no {} in {}", from, body);
    return world.call("CreateInstance", body.replace(at, from.size(), to));
  }
  Answered with(std::string_view more) {
    return world.call("CreateInstance", ApiWorld::create_body("wordcount", more));
  }
  void expect_nothing_made() {
    EXPECT_TRUE(world.model.clusters().empty() && world.model.nodes().empty() &&
                world.model.flows().empty());
  }
  ApiWorld world;
};

TEST_F(CreateInstance, RecordsTheClusterBeforeItAnswers) {
  const std::string id = world.create("wordcount");
  const store::Cluster& cluster = *world.model.cluster(id);
  EXPECT_EQ(cluster.name(), "wordcount");
  EXPECT_EQ(cluster.state(), store::Cluster::CREATING);
  EXPECT_EQ(cluster.release(), "EMR-V5.0.0");
  EXPECT_EQ(cluster.account(), kRootAccount);
  EXPECT_EQ(cluster.zone(), "ap-guangzhou-3");
  EXPECT_EQ(cluster.asked().security_group(), "sg-33333333");
  ASSERT_EQ(world.model.nodes_of(id).size(), 3U);
  const store::Node& core = *world.model.nodes_of(id).rbegin()->second;
  EXPECT_EQ(core.spec().memory_bytes(), 2048ULL << 20);
  EXPECT_EQ(core.spec().disk_bytes_size(), 2);
  EXPECT_NE(world.model.running_flow(id), nullptr);
}

TEST_F(CreateInstance, AnswersARepeatedClientTokenWithTheFirstCluster) {
  const std::string token = R"(, "ClientToken": "A1B2-C3")";
  const std::string id = world.create("wordcount", token);
  world.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(world.create("wordcount", token), id);
  EXPECT_EQ(world.model.clusters().size(), 1U);
  const Answered other = world.call("CreateInstance", ApiWorld::create_body("another", token));
  EXPECT_EQ(other.code, "InvalidParameter.InvalidClientToken");
  EXPECT_NE(world.create("wordcount", R"(, "ClientToken": "other")"), id);
}

TEST_F(CreateInstance, TakesASpecOfOursByName) {
  const Answered answered = replaced(R"("MemSize": 2048, "Cpu": 1,)",
                                     R"("MemSize": 0, "Cpu": 0, "InstanceType": "TK.SMALL2",)");
  ASSERT_EQ(answered.code, "") << answered.message;
  EXPECT_EQ(world.model.nodes().begin()->second.spec().memory_bytes(), 2048ULL << 20);
  EXPECT_EQ(replaced(R"("MemSize": 2048, "Cpu": 1,)",
                     R"("MemSize": 0, "Cpu": 0, "InstanceType": "TK.HUGE",)")
                .code,
            "InvalidParameter.InvalidInstanceType");
}

TEST_F(CreateInstance, TakesTheSizesOfAMachineTypeThatIsNotOfferedHere) {
  EXPECT_EQ(replaced(R"("MemSize": 2048, "Cpu": 1,)",
                     R"("MemSize": 2048, "Cpu": 1, "InstanceType": "BMD3.12XLARGE",)")
                .code,
            "");
}

struct BadCase {
  std::string_view more;
  std::string_view code;
  std::string_view word;  // of the message
};

TEST_F(CreateInstance, RefusesWhatIsNotBuiltInsteadOfIgnoringIt) {
  for (
      const BadCase& bad : std::initializer_list<BadCase>{
          {R"(, "CheckSecurity": 1)", "UnsupportedOperation", "Kerberos"},
          {R"(, "MultiZone": true)", "UnsupportedOperation", "MultiZone"},
          {R"(, "VersionID": 1)", "UnsupportedOperation", "zones"},
          {R"(, "MetaType": "USER_CUSTOM_META")", "UnsupportedOperation", "MetaType"},
          {R"(, "UnifyMetaInstanceId": "cdb-1")", "UnsupportedOperation", "UnifyMetaInstanceId"},
          {R"(, "MetaDBInfo": {"MetaDataJdbcUrl": "jdbc:mysql://h:1/d"})",
           "UnsupportedOperation",
           "MetaDBInfo"},
          {R"(, "COSSettings": {"CosSecretId": "a", "CosSecretKey": "b"})",
           "UnsupportedOperation",
           "COS"},
          {R"(, "CosBucket": "b")", "UnsupportedOperation", "CosBucket"},
          {R"(, "ExternalService": [{"ShareType": "EMR", "Service": "x", "InstanceId": "y", "CustomServiceDefineList": []}])",
           "UnsupportedOperation",
           "ExternalService"},
          {R"(, "CbsEncrypt": 1)", "UnsupportedOperation", "encrypt"},
          {R"(, "CbsSysEncrypt": 1)", "UnsupportedOperation", "encrypt"},
          {R"(, "RemoteLoginAtCreate": 1)", "UnsupportedOperation", "SSH"},
          {R"(, "LoadBalancerId": "lb-1")", "UnsupportedOperation", "LoadBalancerId"},
          {R"(, "DisasterRecoverGroupIds": ["ps-1"])", "UnsupportedOperation", "placement"},
          {R"(, "SceneName": "Hadoop-Hbase")", "UnsupportedOperation", "Hadoop-Default"}}) {
    const Answered answered = with(bad.more);
    EXPECT_EQ(answered.code, bad.code) << bad.more << ": " << answered.message;
    EXPECT_NE(answered.message.find(bad.word), std::string::npos) << answered.message;
  }
  EXPECT_EQ(replaced(R"("PayMode": 0)", R"("PayMode": 1)").code, "UnsupportedOperation");
  EXPECT_EQ(replaced(R"("SupportHA": 0)", R"("SupportHA": 1)").code, "UnsupportedOperation");
  expect_nothing_made();
}

TEST_F(CreateInstance, AcceptsWhatMeansNothingHere) {
  EXPECT_EQ(
      with(
          R"(, "MetaType": "EMR_DEFAULT_META", "MultiZone": false, "VersionID": 0, "CheckSecurity": 0, "CbsEncrypt": 0,
                     "ApplicationRole": "EMR_QCSRole", "SceneName": "Hadoop-Default", "AutoRenew": 0, "WebUiVersion": 1,
                     "DefaultMetaVersion": "mysql8", "NodeMarks": [], "ExternalService": [], "CosBucket": "")")
          .code,
      "");
}

TEST_F(CreateInstance, TellsWhatIsWrongByItsOwnCode) {
  struct Case {
    std::string_view from, to, code;
  };
  for (const Case& bad : std::initializer_list<Case>{
           {R"("ProductId": 500)", R"("ProductId": 44)", "InvalidParameter.InvalidProductId"},
           {R"("hdfs-3.5.0", )", "", "InvalidParameter.UnsatisfiedSoftDependecy"},
           {"yarn-3.5.0", "hive-3.1.3", "InvalidParameter.InvalidSoftWareName"},
           {"yarn-3.5.0", "yarn-2.8.5", "InvalidParameter.SoftwareNotInProduct"},
           {"\"wordcount\"", "\"word!count\"", "InvalidParameter.InvalidInstanceName"},
           {"Passw0rd!", "password", "InvalidParameter.InvalidPassword"},
           {"Passw0rd!", "!Passw0rd", "InvalidParameter.InvalidPassword"},
           {R"("Password": "Passw0rd!")", "", "InvalidParameter.InvalidLoginSetting"},
           {R"("TimeUnit": "s")", R"("TimeUnit": "m")", "InvalidParameter.InvalidTimeUnit"},
           {R"("TimeSpan": 3600)", R"("TimeSpan": 0)", "InvalidParameter.InvalidTimeSpan"},
           {"ap-guangzhou-3", "Zone 3", "InvalidParameter.InvalidZone"},
           {R"("MasterCount": 1)", R"("MasterCount": 2)", "InvalidParameter.IncorrectMasterCount"},
           {R"("CoreCount": 2)", R"("CoreCount": 0)", "InvalidParameter.InvalidCoreCount"},
           {R"("CoreCount": 2)", R"("CoreCount": -1)", "InvalidParameter.InvalidResourceSpec"},
           {R"("CoreResourceSpec")",
            R"("TaskResourceSpec")",
            "MissingParameter.MissingCoreResource"},
           {R"("DiskSize": 8)", R"("DiskSize": -8)", "InvalidParameter.InvalidDiskSize"},
           {R"("Volume": 8)", R"("Volume": 0)", "InvalidParameter.InvalidDiskSize"},
           {R"("Count": 1})", R"("Count": 15})", "InvalidParameter.InvalidDiskNum"},
           {R"("DiskType": "CLOUD_PREMIUM")",
            R"("DiskType": "FLOPPY")",
            "InvalidParameter.InvalidDiskType"},
           {R"("MemSize": 2048, "Cpu": 1)",
            R"("MemSize": 900000000000, "Cpu": 1)",
            "InvalidParameter.InvalidResourceSpec"}}) {
    const Answered answered = replaced(bad.from, bad.to);
    EXPECT_EQ(answered.code, bad.code) << bad.to << ": " << answered.message;
  }
  EXPECT_EQ(with(R"(, "Tags": [{"TagKey": "a"}, {"TagKey": "a"}])").code,
            "InvalidParameter.InvalidTagsGroup");
  EXPECT_EQ(world.call("CreateInstance", R"({"ProductId":500})").code, "MissingParameter");
  expect_nothing_made();
}

TEST_F(CreateInstance, KeepsBootstrapScriptsInTheOrderOfTheirMomentsAndNumbers) {
  // "true" and "false"
  const std::string id = world.create("wordcount", R"(, "PreExecutedFileSettings": [
      {"CosFileURI": "data:;base64,ZmFsc2U=", "CosFileName": "c.sh", "WhenRun": "clusterAfter"},
      {"CosFileURI": "data:text/x-sh;base64,dHJ1ZQ==", "CosFileName": "b.sh", "RunOrder": 2, "Args": ["x", "y z"]},
      {"CosFileURI": "data:;base64,dHJ1ZQ==", "CosFileName": "a.sh", "RunOrder": 1, "WhenRun": "resourceAfter"}])");
  const store::Cluster& cluster = *world.model.cluster(id);
  ASSERT_EQ(cluster.scripts_size(), 3);
  EXPECT_EQ(cluster.scripts(0).name(), "a.sh");
  EXPECT_EQ(cluster.scripts(1).name(), "b.sh");
  EXPECT_EQ(cluster.scripts(1).arguments(1), "y z");
  EXPECT_EQ(cluster.scripts(2).moment(), store::Script::CLUSTER_AFTER);
  ASSERT_NE(world.model.file(cluster.scripts(2).digest()), nullptr);
  EXPECT_EQ(world.model.file(cluster.scripts(2).digest())->content(), "false");
}

TEST_F(CreateInstance, TellsWhichBootstrapScriptIsWrong) {
  struct Case {
    std::string_view script, code;
  };
  for (const Case& bad : std::initializer_list<Case>{
           {R"({"CosFileURI": "https://b.cos.ap-guangzhou.myqcloud.com/a.sh"})",
            "InvalidParameter.InvalidCosFileURI"},
           {R"({"CosFileURI": "data:;base64,dHJ1Z"})", "InvalidParameter.InvalidCosFileURI"},
           {R"({"CosFileURI": "data:,true"})", "InvalidParameter.InvalidCosFileURI"},
           {R"({"CosFileURI": "data:;base64,"})", "InvalidParameter.InvalidCosFileURI"},
           {R"({"WhenRun": "clusterAfter"})", "InvalidParameter.InvalidCosFileURI"},
           {R"({"CosFileURI": "data:;base64,dHJ1ZQ==", "WhenRun": "never"})",
            "InvalidParameter.InvalidPreExecutedFile"},
           {R"({"CosFileURI": "data:;base64,dHJ1ZQ==", "CosFileName": "../a.sh"})",
            "InvalidParameter.InvalidPreExecutedFile"}}) {
    const Answered answered = with(fmt::format(R"(, "PreExecutedFileSettings": [{}])", bad.script));
    EXPECT_EQ(answered.code, bad.code) << bad.script << ": " << answered.message;
  }
  expect_nothing_made();
}

TEST_F(CreateInstance, SaysHowMuchMemoryIsMissing) {
  const Answered answered =
      replaced(R"("MemSize": 2048, "Cpu": 2)", R"("MemSize": 524288, "Cpu": 2)");
  EXPECT_TRUE(answered.code.starts_with("ResourceInsufficient"))
      << answered.code << ": " << answered.message;
  EXPECT_NE(answered.message.find("desk"), std::string::npos) << answered.message;
  expect_nothing_made();
}

TEST_F(CreateInstance, NeverKeepsThePassword) {
  world.create("wordcount");
  world.store.write_all();
  for (const auto& [id, bytes] : world.disk.rows)
    EXPECT_EQ(bytes.find("Passw0rd!"), std::string::npos) << id.second;
}

TEST_F(CreateInstance, PlanInstanceTellsTheSameWithoutMakingAnything) {
  const Answered answered = world.call("PlanInstance", ApiWorld::create_body("wordcount"));
  ASSERT_EQ(answered.code, "") << answered.message;
  const boost::json::value body = boost::json::parse(answered.reply.body);
  const boost::json::object& plan = body.at("Response").as_object();
  EXPECT_EQ(plan.at("Release").as_string(), "EMR-V5.0.0");
  ASSERT_EQ(plan.at("Nodes").as_array().size(), 3U);
  EXPECT_EQ(plan.at("Nodes").at(0).at("Name").as_string(), "master-1");
  EXPECT_EQ(plan.at("Nodes").at(0).at("HostName").as_string(), "desk");
  EXPECT_FALSE(plan.at("Nodes").at(0).at("Roles").as_array().empty());
  EXPECT_EQ(plan.at("Hosts").at(0).at("MemoryBytes").as_int64(), 3 * (2048LL << 20));
  expect_nothing_made();
}

}  // namespace
}  // namespace tusker::api
