#include "plan/cluster_plan.h"

#include <gtest/gtest.h>

#include <set>

#include "base/encoding.h"
#include "base/ids.h"
#include "plan/conditions.h"
#include "plan/testing/plan_fixture.h"

namespace tusker {
namespace {

using testing::good_plan;
using testing::host;
using testing::node;
using testing::one_host;
using testing::plan;
using testing::request;
using testing::role;

#define EXPECT_TOLD(text, words) \
  EXPECT_NE(std::string(text).find(words), std::string::npos) << (text)

TEST(ClusterPlan, HasEveryChoiceMade) {
  const ClusterPlan made = good_plan();
  EXPECT_TRUE(is_cluster_id(made.cluster.id()));
  EXPECT_EQ(made.cluster.state(), store::Cluster::CREATING);
  EXPECT_EQ(made.cluster.release(), "EMR-V5.0.0");
  EXPECT_EQ(made.cluster.groups(1).spec().memory_bytes(), 1ULL << 30);
  ASSERT_EQ(made.nodes.size(), 3U);
  std::set<std::string> ids, addresses;
  for (const store::Node& each : made.nodes) {
    EXPECT_TRUE(is_node_id(each.id()));
    EXPECT_EQ(each.cluster_id(), made.cluster.id());
    EXPECT_FALSE(each.host_id().empty());
    EXPECT_EQ(each.image(), "sha256:" + std::string(64, '1'));
    EXPECT_EQ(each.mounts(0).path(), "/opt/tusker/hadoop");
    EXPECT_EQ(each.mounts(1).path(), "/opt/tusker/hadoop.jsa");
    EXPECT_EQ(each.disks_size(), 1);
    EXPECT_GT(each.files_size(), 10);
    EXPECT_GT(each.roles_size(), 1);
    ids.insert(each.id());
    addresses.insert(each.address());
  }
  EXPECT_EQ(ids.size(), 3U);
  EXPECT_EQ(addresses, (std::set<std::string>{"10.64.0.2", "10.64.0.3", "10.64.0.4"}));
  EXPECT_EQ(made.nodes[0].name(), "master-1");
  EXPECT_EQ(made.nodes[2].name(), "core-2");
}

TEST(ClusterPlan, FilesAreNamedByTheirDigestAndStoredOnce) {
  const ClusterPlan made = good_plan();
  std::set<std::string> stored, named;
  for (const store::FileContent& content : made.files) {
    EXPECT_EQ(content.digest(), "sha256:" + sha256_hex(content.content()));
    EXPECT_TRUE(stored.insert(content.digest()).second);
  }
  for (const store::Node& each : made.nodes) {
    for (const store::File& row : each.files()) named.insert(row.digest());
  }
  EXPECT_EQ(stored, named);
}

TEST(ClusterPlan, TheSameArgumentsGiveTheSamePlan) {
  const ClusterPlan a = good_plan(), b = good_plan();
  EXPECT_EQ(a.cluster.id(), b.cluster.id());
  EXPECT_EQ(a.nodes[1].id(), b.nodes[1].id());
  ASSERT_EQ(a.files.size(), b.files.size());
  for (std::size_t i = 0; i < a.files.size(); ++i)
    EXPECT_EQ(a.files[i].digest(), b.files[i].digest());
}

TEST(ClusterPlan, TheNameNodeDirectoryIsSeededFromAFileOfTheNode) {
  const ClusterPlan made = good_plan();
  bool seeded = false;
  for (const store::Directory& directory : node(made, "master-1").disks(0).directories()) {
    if (directory.path() != "hdfs/name") continue;
    seeded = true;
    EXPECT_FALSE(testing::file(made, "master-1", directory.seed()).empty());
  }
  EXPECT_TRUE(seeded);
}

TEST(ClusterPlan, DirectoriesStandAfterTheirParents) {
  for (const store::Node& each : good_plan().nodes) {
    std::set<std::string> made;
    for (const store::Directory& directory : each.disks(0).directories()) {
      const std::size_t slash = directory.path().rfind('/');
      EXPECT_TRUE(slash == std::string::npos || made.contains(directory.path().substr(0, slash)))
          << directory.path();
      made.insert(directory.path());
    }
  }
}

TEST(ClusterPlan, ProbesAskWhereTheRoleListens) {
  const ClusterPlan made = good_plan();
  const store::Probe& calls = role(node(made, "master-1"), "NameNode").probes(0);
  EXPECT_EQ(calls.kind(), "rpc");
  EXPECT_EQ(calls.port(), 4007U);
  EXPECT_EQ(calls.subject(),
            "org.apache.hadoop.hdfs.server.protocol.DatanodeProtocol/versionRequest");
  EXPECT_EQ(calls.user(), "hadoop");
  const store::Probe& names = role(node(made, "master-1"), "NameNode").probes(1);
  EXPECT_EQ(names.kind(), "jmx");
  EXPECT_EQ(names.port(), 4008U);
  EXPECT_EQ(names.subject(), "Hadoop:service=NameNode,name=FSNamesystemState");
  const store::Probe& resources = role(node(made, "master-1"), "ResourceManager").probes(1);
  EXPECT_EQ(resources.kind(), "json");
  EXPECT_EQ(resources.port(), 5003U);
  EXPECT_EQ(resources.pointers().at("activeNodes"), "/clusterMetrics/activeNodes");
}

TEST(ClusterPlan, ZookeeperIsOneProcessOnTheMasterThatIsAskedForItsFigures) {
  CreateRequest asked = request("TK.SMALL2", "TK.SMALL1");
  asked.software = {"hdfs-3.5.0", "yarn-3.5.0", "zookeeper-3.9.5"};
  const auto made = plan(one_host(), asked);
  ASSERT_TRUE(made.ok()) << made.error().message();
  const store::Role& server = role(node(*made, "master-1"), "QuorumPeerMain");
  EXPECT_EQ(server.user(), "zookeeper");
  EXPECT_GE(testing::heap_mb(server), 64U);
  EXPECT_EQ(server.probes(0).kind(), "zookeeper");
  EXPECT_EQ(server.probes(0).port(), 2181U);
  EXPECT_EQ(server.probes(0).subject(), "mntr");
  EXPECT_EQ(server.probes(0).attributes(0), "zk_server_state");
  for (const store::Role& other : node(*made, "core-1").roles())
    EXPECT_NE(other.name(), "QuorumPeerMain");
  // Any node's command line finds it.
  EXPECT_EQ(
      testing::file(*made, "core-2", "zookeeper-client.properties"),
      fmt::format("zookeeper.connect=master-1.{}.tusker.internal:2181\n", made->cluster.id()));
}

TEST(ClusterPlan, IsCompleteWhenAllWorkersAreCounted) {
  const ClusterPlan made = good_plan("TK.MEDIUM4", "TK.SMALL1", 3);
  const std::vector<Condition> wanted = {
      {"NameNode", "FSState", "Operational"},
      {"NameNode", "NumLiveDataNodes", "3", Condition::Compare::OrMore},
      {"ResourceManager", "activeNodes", "3", Condition::Compare::OrMore}};
  EXPECT_EQ(complete_conditions(testing::definitions(), made.cluster, made.nodes), wanted);
  std::vector<store::Node> nodes = made.nodes;
  nodes[2].set_removing(true);
  EXPECT_EQ(complete_conditions(testing::definitions(), made.cluster, nodes)[1].value, "2");
}

TEST(ClusterPlan, HdfsAloneIsACluster) {
  CreateRequest asked = request("TK.SMALL1", "TK.SMALL1");
  asked.software = {" hdfs-3.5.0\n"};
  const auto made = plan(one_host(), asked);
  ASSERT_TRUE(made.ok()) << made.error().message();
  EXPECT_EQ(made->nodes[0].roles_size(), 1);
  for (const store::File& row : made->nodes[1].files()) EXPECT_NE(row.path(), "yarn-site.xml");
  const store::Role& secondary = role(made->nodes[1], "SecondaryNameNode");
  EXPECT_TRUE(secondary.starts_last());
}

TEST(ClusterPlan, TaskNodesRunNoDataNode) {
  CreateRequest asked = request("TK.SMALL1", "TK.SMALL1");
  asked.groups[store::TASK].count = 1;
  asked.groups[store::TASK].spec.set_cpus(2);
  asked.groups[store::TASK].spec.set_memory_bytes(3ULL << 30);
  const auto made = plan(one_host(), asked);
  ASSERT_TRUE(made.ok()) << made.error().message();
  ASSERT_EQ(node(*made, "task-1").roles_size(), 1);
  EXPECT_EQ(node(*made, "task-1").roles(0).name(), "NodeManager");
}

TEST(ClusterPlan, SpreadsNodesOverHostsAndTakesTheFreestFirst) {
  Inventory inventory = one_host();
  inventory.hosts = {host("alpha", 0, 8, 200), host("beta", 1, 16, 200), host("gamma", 2, 32, 200)};
  const auto made = plan(inventory, request("TK.SMALL1", "TK.SMALL1", 3));
  ASSERT_TRUE(made.ok()) << made.error().message();
  std::set<std::string> hosts;
  for (std::size_t i = 1; i < made->nodes.size(); ++i) hosts.insert(made->nodes[i].host_id());
  EXPECT_EQ(hosts.size(), 3U);
  EXPECT_EQ(made->nodes[0].host_id(), inventory.hosts[2].host.id());
}

TEST(ClusterPlan, UsesNoAddressThatIsTakenNorTheBridges) {
  Inventory inventory = one_host();
  inventory.hosts[0].used_addresses = {"10.64.0.2", "10.64.0.4"};
  const auto made = plan(inventory, request("TK.SMALL1", "TK.SMALL1"));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->nodes[0].address(), "10.64.0.3");
  EXPECT_EQ(made->nodes[1].address(), "10.64.0.5");
}

TEST(ClusterPlan, MountsTheBundlesOfItsComponentsAndTellsTheirArchivesApart) {
  CreateRequest asked = request("TK.SMALL4", "TK.SMALL2");
  EXPECT_EQ(plan(one_host(), asked)->nodes[0].mounts_size(), 2);
  asked.software = {"hdfs-3.5.0", "yarn-3.5.0", "spark-4.1.4"};
  Inventory inventory = one_host();
  std::erase_if(inventory.bundles, [](const store::Bundle& bundle) {
    return bundle.kind() == store::Bundle::ARCHIVE && bundle.name() == "hadoop";
  });
  const auto made = plan(inventory, asked);
  ASSERT_TRUE(made.ok()) << made.error().message();
  std::vector<std::string> paths;
  for (const store::Mount& mount : made->nodes[1].mounts()) paths.push_back(mount.path());
  EXPECT_EQ(paths,
            (std::vector<std::string>{
                "/opt/tusker/hadoop", "/opt/tusker/spark", "/opt/tusker/spark.jsa"}));
  EXPECT_EQ(testing::file(*made, "master-1", "jvm.args").find("SharedArchiveFile"),
            std::string::npos);
  EXPECT_NE(testing::file(*made, "master-1", "spark.args").find("/opt/tusker/spark.jsa"),
            std::string::npos);
}

TEST(ClusterPlan, WithoutAnArchiveIsSlowerAndSaysSo) {
  Inventory inventory = one_host();
  std::erase_if(inventory.bundles, [](const store::Bundle& bundle) {
    return bundle.kind() == store::Bundle::ARCHIVE;
  });
  const auto made = plan(inventory, request("TK.SMALL1", "TK.SMALL1"));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->nodes[0].mounts_size(), 1);
  EXPECT_EQ(testing::file(*made, "master-1", "jvm.args").find("SharedArchiveFile"),
            std::string::npos);
  EXPECT_TOLD(made->warnings.back(), "tusker bundle build");
}

// ---- what is refused

struct Refusal {
  const char* name;
  void (*change)(CreateRequest&, Inventory&);
  const char* code;
  const char* words;
};

class Refused : public ::testing::TestWithParam<Refusal> {};

TEST_P(Refused, WithTheDocumentedCodeAndWords) {
  CreateRequest asked = request("TK.SMALL1", "TK.SMALL1");
  Inventory inventory = one_host();
  GetParam().change(asked, inventory);
  const auto made = plan(inventory, asked);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().api_code(), GetParam().code) << made.error().message();
  EXPECT_TOLD(made.error().message(), GetParam().words);
}

#define WITH [](CreateRequest & r, Inventory & i)
#define UNUSED (void)r, (void)i

INSTANTIATE_TEST_SUITE_P(
    Requests, Refused,
    ::testing::Values(
        Refusal{"NameOf5", WITH { UNUSED; r.name = "abcde";
}  // namespace
, "InvalidParameter.InvalidInstanceName", "has 5 characters; it must have from 6 to 36"
}  // namespace tusker
, Refusal{"UnknownProduct", WITH{UNUSED;
r.product_id = 44;
}
, "InvalidParameter.InvalidProductId",
    "ProductId 44 is not carried here; there is EMR-V5.0.0 (ProductId 500)"
}
, Refusal{"UnknownRelease", WITH{UNUSED;
r.product_id = 0;
r.release = "EMR-V3.5.0";
}
, "InvalidParameter.InvalidProductVersion", "EMR-V5.0.0"
}
, Refusal{"NoSoftware", WITH{UNUSED;
r.software.clear();
}
, "InvalidParameter.NotContainMustSelectSoftware", "hdfs-3.5.0"
}
, Refusal{"UnknownSoftware", WITH{UNUSED;
r.software = {"hdsf-3.5.0"};
}
, "InvalidParameter.InvalidSoftWareName", "did you mean \"hdfs\"?"
}
, Refusal{"OtherVersion", WITH{UNUSED;
r.software = {"hdfs-3.2.2"};
}
, "InvalidParameter.SoftwareNotInProduct", "it has hdfs-3.5.0"
}
, Refusal{"NoVersion", WITH{UNUSED;
r.software = {"hdfs"};
}
, "InvalidParameter.InvalidSoftInfo", "name-version"
}
, Refusal{"BadVersion", WITH{UNUSED;
r.software = {"hdfs-new"};
}
, "InvalidParameter.InvalidSoftWareVersion", "\"new\" is no version"
}
, Refusal{"Twice", WITH{UNUSED;
r.software = {"hdfs-3.5.0", "hdfs-3.5.0"};
}
, "InvalidParameter.InvalidSoftInfo", "names hdfs twice"
}
, Refusal{"WithoutDependency", WITH{UNUSED;
r.software = {"yarn-3.5.0"};
}
, "InvalidParameter.UnsatisfiedSoftDependecy", "add hdfs-3.5.0"
}
, Refusal{"HighAvailability", WITH{UNUSED;
r.high_availability = true;
}
, "UnsupportedOperation", "not supported yet"
}
, Refusal{"TwoMasters", WITH{UNUSED;
r.groups[store::MASTER].count = 2;
}
, "InvalidParameter.IncorrectMasterCount", "MasterCount is 2"
}
, Refusal{"NoCore", WITH{UNUSED;
r.groups[store::CORE].count = 0;
}
, "InvalidParameter.InvalidCoreCount", "CoreCount is 0"
}
, Refusal{"TooManyTasks", WITH{UNUSED;
r.groups[store::TASK].count = 100000;
}
, "InvalidParameter.InvalidTaskCount", "TaskCount is 100000"
}
, Refusal{"Common", WITH{UNUSED;
r.groups[store::COMMON].count = 3;
}
, "InvalidParameter.IncorrectCommonCount", "CommonCount is 3"
}
, Refusal{"Router", WITH{UNUSED;
r.groups[store::ROUTER].count = 1;
}
, "UnsupportedOperation", "router nodes are not supported yet"
}
, Refusal{"UnknownSpec", WITH{UNUSED;
r.groups[store::CORE].spec.set_instance_type("TK.SMAL1");
}
, "InvalidParameter.InvalidInstanceType", "did you mean \"TK.SMALL1\"?"
}
, Refusal{"NoCoreSize", WITH{UNUSED;
r.groups[store::CORE].spec.clear_instance_type();
}
, "MissingParameter.MissingCoreResource", "CoreResourceSpec says no size"
}
, Refusal{"TooSmall", WITH{UNUSED;
r.groups[store::CORE].spec.clear_instance_type();
r.groups[store::CORE].spec.set_cpus(1);
r.groups[store::CORE].spec.set_memory_bytes(512 << 20);
}
, "InvalidParameter.InvalidResourceSpec",
    "core-1 has 512 MB of memory; SecondaryNameNode, DataNode, NodeManager need at least"
}
, Refusal{"TinyDisk", WITH{UNUSED;
r.groups[store::CORE].spec.add_disk_bytes(1000);
}
, "InvalidParameter.InvalidDiskSize", "from 1 to"
}
, Refusal{"ManyDisks", WITH{UNUSED;
for (int d = 0; d < 16; ++d) r.groups[store::CORE].spec.add_disk_bytes(8ULL << 30);
}
, "InvalidParameter.InvalidDiskNum", "at most 15"
}
, Refusal{"CustomConf", WITH{UNUSED;
r.custom_configuration = "{";
}
, "InvalidParameter.InvalidExtendField", "not JSON"
}
, Refusal{"NoMemory", WITH{UNUSED;
i.hosts[0].free_memory_bytes = 5ULL << 29;
i.hosts[0].host.set_memory_bytes(4ULL << 30);
}
, "ResourceInsufficient.InstanceInsufficient",
    "core-2 needs 1.0 GB of memory and 8.0 GB of disk: host alpha has 0.0 GB of memory to give "
    "after 2 other nodes of this cluster (of 4.0 GB, 0.5 GB stay free), 1.0 GB missing"
}
, Refusal{"NoDisk", WITH{UNUSED;
i.hosts[0].free_disk_bytes = 20ULL << 30;
}
, "ResourceInsufficient.DiskInsufficient",
    "host alpha has 2.0 GB of disk to give after 1 other node of this cluster (10.0 GB stay free), "
    "6.0 GB missing"
}
, Refusal{"NoHost", WITH{UNUSED;
i.hosts.clear();
}
, "ResourceInsufficient.InstanceInsufficient", "none has joined"
}
, Refusal{"NotConnected", WITH{UNUSED;
i.hosts[0].connected = false;
}
, "ResourceInsufficient.InstanceInsufficient", "host alpha is not connected"
}
, Refusal{"Cordoned", WITH{UNUSED;
i.hosts[0].host.set_cordoned(true);
}
, "ResourceInsufficient.InstanceInsufficient", "host alpha is cordoned"
}
, Refusal{"OtherMachine", WITH{UNUSED;
i.hosts[0].host.set_architecture("aarch64");
}
, "FailedOperation", "node image for these hosts"
}
, Refusal{"NoAddress", WITH{UNUSED;
i.hosts[0].host.set_subnet("10.64.0.0/24");
}
, "ResourceInsufficient.InstanceInsufficient", "no free address"
}
, Refusal{"NoImage", WITH{UNUSED;
i.bundles.erase(i.bundles.begin());
}
, "FailedOperation", "tusker bundle build"
}
, Refusal{"NoBundle", WITH{UNUSED;
i.bundles.erase(i.bundles.begin() + 1);
}
, "FailedOperation", "no bundle hadoop-3.5.0"
}
, Refusal{"NoClassPath", WITH{UNUSED;
i.bundles[1].mutable_facts()->clear();
}
, "", "no fact class_path"
}),
    [](const auto& instance) {
  return std::string(instance.param.name); });

}  // namespace
}  // namespace tusker
