#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class CreateCluster : public ::testing::Test {
 protected:
  // A request that works, for the cluster that ApiWorld::create_body() asks for.
  static std::string body(std::string_view name, std::string_view more = "") {
    return fmt::format(
        R"({{"ProductVersion": "EMR-V5.0.0", "EnableSupportHAFlag": false, "InstanceName": "{}",
        "InstanceChargeType": "POSTPAID_BY_HOUR", "LoginSettings": {{"Password": "Passw0rd!"}},
        "SceneSoftwareConfig": {{"Software": ["hdfs-3.5.0", "yarn-3.5.0"]}}, "SecurityGroupIds": ["sg-33333333"],
        "ZoneResourceConfiguration": [{{"VirtualPrivateCloud": {{"VpcId": "vpc-11111111", "SubnetId": "subnet-22222222"}},
          "Placement": {{"Zone": "ap-guangzhou-3"}}, "AllNodeResourceSpec": {{"MasterCount": 1, "CoreCount": 2,
          "MasterResourceSpec": {{"InstanceType": "S6.SMALL2",
            "SystemDisk": [{{"Count": 1, "DiskSize": 50, "DiskType": "CLOUD_PREMIUM"}}],
            "DataDisk": [{{"Count": 1, "DiskSize": 8, "DiskType": "CLOUD_PREMIUM"}}]}},
          "CoreResourceSpec": {{"InstanceType": "S6.MEDIUM2",
            "SystemDisk": [{{"Count": 1, "DiskSize": 50, "DiskType": "CLOUD_PREMIUM"}}],
            "DataDisk": [{{"Count": 1, "DiskSize": 8, "DiskType": "CLOUD_SSD"}}, {{"Count": 1, "DiskSize": 8, "DiskType": "CLOUD_SSD"}}]}}
        }}}}]{}}})",
        name,
        more);
  }
  Answered create(std::string_view json) { return world.call("CreateCluster", json); }
  Answered with(std::string_view more) { return create(body("wordcount", more)); }
  // The working request with one text of it replaced.
  Answered replaced(std::string_view from, std::string_view to) {
    std::string json = body("wordcount");
    const std::size_t at = json.find(from);
    TK_CHECK(at != std::string::npos, "no {} in {}", from, json);
    return create(json.replace(at, from.size(), to));
  }
  static std::string id_of(const Answered& answered) {
    TK_CHECK(answered.code.empty(), "{}: {}", answered.code, answered.message);
    const boost::json::value json = boost::json::parse(answered.reply.body);
    return std::string(json.at("Response").at("InstanceId").as_string());
  }
  boost::json::object answer(std::string_view action, std::string_view json) {
    const Answered answered = world.call(action, json);
    EXPECT_EQ(answered.code, "") << answered.message;
    return boost::json::parse(answered.reply.body).at("Response").as_object();
  }
  void expect_nothing_made() {
    EXPECT_TRUE(world.model.clusters().empty() && world.model.nodes().empty() &&
                world.model.flows().empty());
  }
  ApiWorld world;
};

// A row without what differs between two clusters that are alike.
store::Cluster what_is_alike(store::Cluster row) {
  for (const char* const id : {"hdfs.cluster_id", "hdfs.block_pool_id", "hdfs.namespace_id"})
    row.mutable_settings()->erase(id);
  row.clear_id();
  row.clear_number();
  row.clear_name();
  row.clear_flow_id();
  for (store::NodeGroup& group : *row.mutable_groups()) {
    // The older generation may say sizes and no type.
    group.mutable_asked()->clear_instance_type();
    group.mutable_spec()->clear_instance_type();
  }
  return row;
}

TEST_F(CreateCluster, MakesWhatTheOlderGenerationMakes) {
  const std::string older = world.create("wordcount-1");
  const std::string newer = id_of(create(body("wordcount-2")));
  const store::Cluster& row = *world.model.cluster(newer);
  EXPECT_EQ(what_is_alike(row).DebugString(),
            what_is_alike(*world.model.cluster(older)).DebugString());
  EXPECT_EQ(row.state(), store::Cluster::CREATING);
  ASSERT_NE(world.model.running_flow(newer), nullptr);
  EXPECT_EQ(world.model.running_flow(newer)->kind(), store::Flow::CREATE);
  const auto& nodes = world.model.nodes_of(newer);
  ASSERT_EQ(nodes.size(), 3U);
  auto same = world.model.nodes_of(older).begin();
  for (const auto& [order, node] : nodes) {
    EXPECT_EQ(order, same->first);
    EXPECT_EQ(node->roles_size(), same->second->roles_size());
    EXPECT_EQ(node->spec().memory_bytes(), same->second->spec().memory_bytes());
    EXPECT_EQ(node->disks_size(), same->second->disks_size());
    ++same;
  }
}

TEST_F(CreateCluster, TakesBootstrapScriptsInItsOwnForm) {
  // "true"
  const Answered answered = with(R"(, "ScriptBootstrapActionConfig": [
      {"CosFileURI": "data:;base64,dHJ1ZQ==", "ExecutionMoment": "clusterBefore", "Args": ["x"]}])");
  const store::Cluster& cluster = *world.model.cluster(id_of(answered));
  ASSERT_EQ(cluster.scripts_size(), 1);
  EXPECT_EQ(cluster.scripts(0).moment(), store::Script::CLUSTER_BEFORE);
  EXPECT_EQ(cluster.scripts(0).arguments(0), "x");
  EXPECT_EQ(with(R"(, "ScriptBootstrapActionConfig": [
      {"CosFileURI": "data:;base64,dHJ1ZQ==", "ExecutionMoment": "never"}])")
                .code,
            "InvalidParameter.InvalidScriptBootstrapActionConfig");
}

TEST_F(CreateCluster, IsSeenByBothGenerations) {
  const std::string id = id_of(create(body("wordcount")));
  const boost::json::value shown =
      answer("DescribeInstances", R"({"DisplayStrategy":"clusterList"})").at("ClusterList").at(0);
  EXPECT_EQ(shown.at("ClusterId").as_string(), id);
  EXPECT_EQ(shown.at("Status").as_int64(), 3);
  EXPECT_EQ(shown.at("ProductId").as_int64(), 500);
  EXPECT_EQ(shown.at("UniqSubnetId").as_string(), "subnet-22222222");
  EXPECT_EQ(shown.at("Config").at("SecurityGroups").at(0).as_string(), "sg-33333333");
  world.finish_flow(id);
  EXPECT_EQ(world
                .call("ScaleOutInstance",
                      fmt::format(R"({{"InstanceId":"{}","TimeUnit":"s","TimeSpan":3600,)"
                                  R"("PayMode":0,"CoreCount":1}})",
                                  id))
                .code,
            "");
}

TEST_F(CreateCluster, AnswersARepeatedClientTokenWithTheFirstCluster) {
  const std::string token = R"(, "ClientToken": "A1B2-C3")";
  const std::string id = id_of(with(token));
  world.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(id_of(with(token)), id);
  EXPECT_EQ(world.model.clusters().size(), 1U);
  EXPECT_EQ(create(body("another", token)).code, "InvalidParameter.InvalidClientToken");
  EXPECT_EQ(world.call("CreateInstance", ApiWorld::create_body("wordcount", token)).code,
            "InvalidParameter.InvalidClientToken");
  EXPECT_NE(id_of(with(R"(, "ClientToken": "other")")), id);
}

TEST_F(CreateCluster, ShowsNodesInTheWordsThatTerraformPutsTogetherAgain) {
  const std::string id = id_of(create(body("wordcount")));
  const boost::json::value core =
      answer("DescribeClusterNodes", fmt::format(R"({{"InstanceId":"{}","NodeFlag":"core"}})", id))
          .at("NodeList")
          .at(0);
  EXPECT_EQ(core.at("Spec").as_string(), "CVM.S6");
  EXPECT_EQ(core.at("CpuNum").as_int64(), 2);
  EXPECT_EQ(core.at("MemDesc").as_string(), "2GB");
  EXPECT_EQ(core.at("RootStorageType").as_int64(), 5);
  EXPECT_EQ(core.at("RootSize").as_int64(), 50);
  EXPECT_EQ(core.at("StorageType").as_int64(), 4);
  EXPECT_EQ(boost::json::serialize(core.at("MCMultiDisk")),
            R"([{"Count":2,"Type":4,"Size":"8.00 GB","Volume":8589934592}])");
}

// Upper case, processes for every node type, and three names that are no services
// (docs/reference/terraform.md 3).
TEST_F(CreateCluster, TakesTerraformsWayToWriteSoftware) {
  std::string json = body("wordcount", R"(, "NeedMasterWan": "NOT_NEED_MASTER_WAN")");
  const auto put = [&](std::string_view from, std::string_view to) {
    json.replace(json.find(from), from.size(), to);
  };
  put(R"("hdfs-3.5.0", "yarn-3.5.0")", R"("YARN-3.5.0", "HDFS-3.5.0")");
  put(R"("InstanceType": "S6.SMALL2",)",
      R"("InstanceType": "S6.SMALL2", "SoftwareConfig": [
        {"SoftwareName": "HDFS-3.5.0", "Roles": ["NameNode"]},
        {"SoftwareName": "YARN-3.5.0", "Roles": ["ResourceManager", "JobHistoryServer"]},
        {"SoftwareName": "RUNTIME-1.0", "Roles": ["RUNTIME"]}, {"SoftwareName": "FILEBEAT-7.0"},
        {"SoftwareName": "KRB5-1.15", "Roles": ["KRB5"]}],)");
  put(R"("InstanceType": "S6.MEDIUM2",)",
      R"("InstanceType": "S6.MEDIUM2", "SoftwareConfig": [
        {"SoftwareName": "HDFS-3.5.0", "Roles": ["DataNode"]}],)");
  const std::string id = id_of(create(json));
  const boost::json::value shown =
      answer("DescribeInstances", R"({"DisplayStrategy":"clusterList"})").at("ClusterList").at(0);
  EXPECT_EQ(boost::json::serialize(shown.at("Config").at("SoftInfo")),
            R"(["HDFS-3.5.0","YARN-3.5.0"])");
  EXPECT_EQ(shown.at("MasterIp").as_string(), "[]");
  EXPECT_EQ(world.model.cluster(id)->components(0).name(), "hdfs");
}

TEST_F(CreateCluster, RefusesToPlaceProcessesOtherwiseThanTheReleaseDoes) {
  const auto deploy = [&](std::string_view config) {
    return replaced(R"("InstanceType": "S6.SMALL2",)",
                    fmt::format(R"("InstanceType": "S6.SMALL2", "SoftwareConfig": [{}],)", config));
  };
  const Answered answered = deploy(R"({"SoftwareName": "hdfs-3.5.0", "Roles": ["DataNode"]})");
  EXPECT_EQ(answered.code, "UnsupportedOperation");
  EXPECT_NE(answered.message.find("DataNode of hdfs on master nodes"), std::string::npos)
      << answered.message;
  EXPECT_EQ(deploy(R"({"SoftwareName": "hive-3.1.3", "Roles": []})").code,
            "InvalidParameter.InvalidComponent");
  EXPECT_EQ(deploy(R"({"SoftwareName": "hdfs-3.5.0", "Roles": ["NoSuchNode"]})").code,
            "UnsupportedOperation");
  expect_nothing_made();
}

TEST_F(CreateCluster, GivesANodeWithoutDataDisksOne) {
  const Answered answered =
      replaced(R"("DataDisk": [{"Count": 1, "DiskSize": 8, "DiskType": "CLOUD_PREMIUM"}])",
               R"("DataDisk": [])");
  const std::string id = id_of(answered);
  const store::Node& master = *world.model.nodes_of(id).begin()->second;
  ASSERT_EQ(master.spec().disk_bytes_size(), 1);
  EXPECT_EQ(master.spec().disk_bytes(0), 8ULL << 30);
  EXPECT_EQ(master.spec().disk_type(), "CLOUD_PREMIUM") << "as its system disk";
}

TEST_F(CreateCluster, RefusesWhatIsNotBuiltInsteadOfIgnoringIt) {
  struct Case {
    std::string_view more;
    std::string_view word;  // of the message
  };
  for (const Case& bad : std::initializer_list<Case>{
           {R"(, "EnableKerberosFlag": true)", "EnableKerberosFlag"},
           {R"(, "EnableRemoteLoginFlag": true)", "EnableRemoteLoginFlag"},
           {R"(, "EnableCbsEncryptFlag": true)", "EnableCbsEncryptFlag"},
           {R"(, "EnableCbsSysEncryptFlag": true)", "EnableCbsSysEncryptFlag"},
           {R"(, "MetaDBInfo": {"MetaType": "USER_CUSTOM_META"})", "MetaDBInfo.MetaType"},
           {R"(, "MetaDBInfo": {"MetaType": "EMR_EXIT_META"})", "MetaDBInfo.MetaType"},
           {R"(, "MetaDBInfo": {"UnifyMetaInstanceId": "cdb-1"})",
            "MetaDBInfo.UnifyMetaInstanceId"},
           {R"(, "MetaDBInfo": {"LinkInstanceId": "cdb-1"})", "MetaDBInfo.LinkInstanceId"},
           {R"(, "MetaDBInfo": {"MetaDataJdbcUrl": "jdbc:mysql://h:1/d"})",
            "MetaDBInfo.MetaDataJdbcUrl"},
           {R"(, "MetaDBGroupInfo": [{"MetaType": "EMR_EXIST_META"}])", "MetaDBGroupInfo.MetaType"},
           {R"(, "DependService": [{"ServiceName": "HIVE", "InstanceId": "emr-aaaaaaaa"}])",
            "DependService"},
           {R"(, "CosBucket": "b")", "CosBucket"},
           {R"(, "LoadBalancerId": "lb-1")", "LoadBalancerId"},
           {R"(, "NeedCdbAudit": 1)", "NeedCdbAudit"},
           {R"(, "PartitionNumber": 1)", "DisasterRecoverGroupIds"},
           {R"(, "DisasterRecoverGroupIds": ["ps-1"])", "DisasterRecoverGroupIds"}}) {
    const Answered answered = with(bad.more);
    EXPECT_EQ(answered.code, "UnsupportedOperation") << bad.more << ": " << answered.message;
    EXPECT_NE(answered.message.find(bad.word), std::string::npos) << answered.message;
  }
  struct Change {
    std::string_view from, to, word;
  };
  for (
      const Change& bad : std::initializer_list<Change>{
          {"POSTPAID_BY_HOUR", "PREPAID", "InstanceChargeType"},
          {R"("EnableSupportHAFlag": false)",
           R"("EnableSupportHAFlag": true)",
           "EnableSupportHAFlag"},
          {R"(["hdfs-3.5.0", "yarn-3.5.0"])",
           R"(["hdfs-3.5.0"], "SceneName": "Hadoop-Hbase")",
           "SceneSoftwareConfig.SceneName"},
          {R"(["sg-33333333"])", R"(["sg-33333333", "sg-44444444"])", "SecurityGroupIds"},
          {R"("ZoneResourceConfiguration": [)",
           R"("ZoneResourceConfiguration": [{"ZoneTag": "master"}, )",
           "ZoneResourceConfiguration"},
          {R"("InstanceType": "S6.SMALL2",)",
           R"("InstanceType": "S6.SMALL2", "Tags": [{"TagKey": "a"}],)",
           "MasterResourceSpec.Tags"},
          {R"("InstanceType": "S6.SMALL2",)",
           R"("InstanceType": "S6.SMALL2", "CustomNodeName": "a",)",
           "MasterResourceSpec.CustomNodeName"},
          {R"("InstanceType": "S6.SMALL2",)",
           R"("InstanceType": "S6.SMALL2", "LocalDataDisk": [{"Count": 1, "DiskSize": 8, "DiskType": "LOCAL_SSD"}],)",
           "MasterResourceSpec.LocalDataDisk"},
          {R"("DiskType": "CLOUD_SSD")",
           R"("DiskType": "CLOUD_SSD", "ExtraPerformance": 100)",
           "CoreResourceSpec.DataDisk.ExtraPerformance"}}) {
    const Answered answered = replaced(bad.from, bad.to);
    EXPECT_EQ(answered.code, "UnsupportedOperation") << bad.to << ": " << answered.message;
    EXPECT_NE(answered.message.find(bad.word), std::string::npos) << answered.message;
  }
  expect_nothing_made();
}

TEST_F(CreateCluster, AcceptsWhatMeansNothingHere) {
  EXPECT_EQ(
      with(
          R"(, "MetaDBInfo": {"MetaType": "EMR_DEFAULT_META"}, "MetaDBGroupInfo": [{"MetaType": "EMR_NEW_META"}],
              "EnableKerberosFlag": false, "NodeMarks": [{"NodeType": "core", "NodeNames": ["a"]}], "WebUiVersion": 1,
              "DefaultMetaVersion": "mysql8", "SgIP": "", "NeedCdbAudit": 0, "CosBucket": "", "CustomConf": "",
              "Tags": [{"TagKey": "a", "TagValue": "b"}])")
          .code,
      "");
  EXPECT_EQ(world.model.clusters().begin()->second.tags(0).key(), "a");
  EXPECT_EQ(replaced(R"("Placement":)", R"("ZoneTag": "master", "Placement":)").code, "");
}

TEST_F(CreateCluster, TellsWhatIsWrongByItsOwnCode) {
  struct Case {
    std::string_view from, to, code;
  };
  for (const Case& bad : std::initializer_list<Case>{
           {"EMR-V5.0.0", "EMR-V3.5.0", "InvalidParameter.InvalidProductVersion"},
           {R"("hdfs-3.5.0", )", "", "InvalidParameter.UnsatisfiedSoftDependecy"},
           {"yarn-3.5.0", "hive-3.1.3", "InvalidParameter.InvalidSoftWareName"},
           {"yarn-3.5.0", "YARN-2.8.5", "InvalidParameter.SoftwareNotInProduct"},
           {"yarn-3.5.0", "HDFS-3.5.0", "InvalidParameter.InvalidSoftInfo"},
           {"yarn-3.5.0", "yarn", "InvalidParameter.InvalidSoftInfo"},
           {"\"wordcount\"", "\"word!count\"", "InvalidParameter.InvalidInstanceName"},
           {"\"wordcount\"", "\"word\"", "InvalidParameter.InvalidInstanceName"},
           {"Passw0rd!", "password", "InvalidParameter.InvalidPassword"},
           {R"("Password": "Passw0rd!")", "", "InvalidParameter.InvalidLoginSetting"},
           {"POSTPAID_BY_HOUR", "SPOTPAID", "InvalidParameter.InvalidInstanceChargeType"},
           {"ap-guangzhou-3", "Zone 3", "InvalidParameter.InvalidZone"},
           {R"("Placement":)",
            R"("ZoneTag": "standby", "Placement":)",
            "InvalidParameter.InvalidZone"},
           {R"("MasterCount": 1)", R"("MasterCount": 2)", "InvalidParameter.IncorrectMasterCount"},
           {R"("CoreCount": 2)", R"("CoreCount": 0)", "InvalidParameter.InvalidCoreCount"},
           {R"("CoreCount": 2)", R"("CoreCount": -1)", "InvalidParameter.InvalidResourceSpec"},
           {R"("CoreResourceSpec")",
            R"("TaskResourceSpec")",
            "MissingParameter.MissingCoreResource"},
           {"S6.SMALL2", "BMD3.12XLARGE", "InvalidParameter.InvalidInstanceType"},
           {R"("DiskSize": 50)", R"("DiskSize": -50)", "InvalidParameter.InvalidResourceSpec"},
           {R"("DiskSize": 8)", R"("DiskSize": 0)", "InvalidParameter.InvalidDiskSize"},
           {R"("Count": 1, "DiskSize": 8)",
            R"("Count": 16, "DiskSize": 8)",
            "InvalidParameter.InvalidDiskNum"},
           {R"("DiskType": "CLOUD_PREMIUM")",
            R"("DiskType": "FLOPPY")",
            "InvalidParameter.InvalidMasterDiskType"},
           {R"("DiskType": "CLOUD_SSD")",
            R"("DiskType": "FLOPPY")",
            "InvalidParameter.InvalidCoreDiskType"}}) {
    const Answered answered = replaced(bad.from, bad.to);
    EXPECT_EQ(answered.code, bad.code) << bad.to << ": " << answered.message;
  }
  EXPECT_EQ(with(R"(, "Tags": [{"TagKey": "a"}, {"TagKey": "a"}])").code,
            "InvalidParameter.InvalidTagsGroup");
  EXPECT_EQ(with(R"(, "MetaDBInfo": {"MetaType": "MINE"})").code,
            "InvalidParameter.InvalidMetaType");
  EXPECT_EQ(with(R"(, "CustomConf": "{{{")").code, "InvalidParameter.InvalidExtendField");
  EXPECT_EQ(create(R"({"ProductVersion":"EMR-V5.0.0"})").code, "MissingParameter");
  expect_nothing_made();
}

TEST_F(CreateCluster, WantsOneZoneWithItsNodes) {
  const auto only = [&](std::string_view zones) {
    std::string json = body("wordcount");
    const std::size_t at = json.find(R"("ZoneResourceConfiguration")");
    return create(json.substr(0, at) + fmt::format(R"("ZoneResourceConfiguration": {}}})", zones));
  };
  EXPECT_EQ(only("[]").code, "MissingParameter");
  EXPECT_EQ(only(R"([{"Placement": {"Zone": "ap-guangzhou-3"}}])").code,
            "InvalidParameter.InvalidAllNodeResourceSpec");
  expect_nothing_made();
}

TEST_F(CreateCluster, SaysHowMuchMemoryIsMissing) {
  const Answered answered = replaced("S6.MEDIUM2", "S6.16XLARGE256");
  EXPECT_EQ(answered.code, "ResourceInsufficient.InstanceInsufficient") << answered.message;
  EXPECT_NE(answered.message.find("desk"), std::string::npos) << answered.message;
  expect_nothing_made();
}

TEST_F(CreateCluster, NeverKeepsThePassword) {
  id_of(create(body("wordcount")));
  world.store.write_all();
  for (const auto& [id, bytes] : world.disk.rows)
    EXPECT_EQ(bytes.find("Passw0rd!"), std::string::npos) << id.second;
}

}  // namespace
}  // namespace tusker::api
