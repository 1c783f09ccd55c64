// The values that an operator would set, one by one, as rendered. Each test names the paragraph
// that it holds.
#include <gtest/gtest.h>

#include "plan/explain.h"
#include "plan/testing/plan_fixture.h"

namespace tusker {
namespace {

using testing::file;
using testing::good_plan;
using testing::heap_mb;
using testing::node;
using testing::role;

std::string hdfs(const ClusterPlan& plan,
                 const std::string& key,
                 const std::string& node_name = "master-1") {
  return testing::value(plan, node_name, "hdfs-site.xml", key);
}
std::string core(const ClusterPlan& plan, const std::string& key) {
  return testing::value(plan, "master-1", "core-site.xml", key);
}
std::string yarn(const ClusterPlan& plan,
                 const std::string& key,
                 const std::string& node_name = "core-1") {
  return testing::value(plan, node_name, "yarn-site.xml", key);
}
std::string mapred(const ClusterPlan& plan, const std::string& key) {
  return testing::value(plan, "core-1", "mapred-site.xml", key);
}
std::string scheduler(const ClusterPlan& plan, const std::string& key) {
  return testing::value(plan, "master-1", "capacity-scheduler.xml", key);
}

TEST(OperatorsValues, ADataNodeIsDeadAfter120Seconds) {
  for (const std::uint32_t cores : {1U, 2U, 20U, 21U, 40U}) {
    auto asked = testing::request("TK.MEDIUM4", "TK.SMALL1", cores);
    const auto plan =
        testing::plan({{testing::host("alpha", 0, 256, 2000)}, testing::bundles()}, asked);
    ASSERT_TRUE(plan.ok()) << plan.error().message();
    const int heartbeat_s = std::stoi(hdfs(*plan, "dfs.heartbeat.interval"));
    const int recheck_ms = std::stoi(hdfs(*plan, "dfs.namenode.heartbeat.recheck-interval"));
    EXPECT_EQ(2 * recheck_ms + 10 * heartbeat_s * 1000, 120000) << cores;
  }
}

TEST(OperatorsValues, SafeModeWaits30SecondsForANameSpaceWithBlocks) {
  const ClusterPlan plan = good_plan();
  EXPECT_EQ(hdfs(plan, "dfs.namenode.safemode.extension"),
            "30000");  // an empty one does not wait: Hadoop's own rule
  EXPECT_EQ(hdfs(plan, "dfs.namenode.safemode.min.datanodes"), "1");
}

TEST(OperatorsValues, DirectoriesAreScannedEvery6Hours) {
  EXPECT_EQ(hdfs(good_plan(), "dfs.datanode.directoryscan.interval"), "21600");
}

TEST(OperatorsValues, DiskAndMemoryChecksAreOn) {
  const ClusterPlan plan = good_plan();
  EXPECT_EQ(yarn(plan, "yarn.nodemanager.disk-health-checker.enable"), "true");
  EXPECT_EQ(
      yarn(plan, "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage"),
      "90");
  EXPECT_EQ(yarn(plan, "yarn.nodemanager.pmem-check-enabled"), "true");
  EXPECT_GT(std::stoll(hdfs(plan, "dfs.datanode.du.reserved")), 0);
}

TEST(OperatorsValues, ABrowserIsNotTheSuperuserAndPermissionsAreOn) {
  const ClusterPlan plan = good_plan();
  EXPECT_EQ(core(plan, "hadoop.http.staticuser.user"), "dr.who");
  EXPECT_EQ(hdfs(plan, "dfs.permissions.enabled"), "true");
  EXPECT_EQ(hdfs(plan, "dfs.permissions.superusergroup"), "hadoop");
}

TEST(OperatorsValues, TrashKeepsOneDay) {
  EXPECT_EQ(core(good_plan(), "fs.trash.interval"), "1440");
}

TEST(OperatorsValues, NodesThatShareAHostSyncTheirBlocks) {
  const ClusterPlan shared = good_plan();
  EXPECT_EQ(hdfs(shared, "dfs.datanode.synconclose", "core-1"), "true");
  EXPECT_EQ(hdfs(shared, "dfs.datanode.sync.behind.writes", "core-1"), "true");
  const Inventory two = {{testing::host("alpha", 0, 64, 500), testing::host("beta", 1, 64, 500)},
                         testing::bundles()};
  const auto apart = testing::plan(two, testing::request("TK.SMALL1", "TK.SMALL1"));
  ASSERT_TRUE(apart.ok());
  EXPECT_EQ(hdfs(*apart, "dfs.datanode.synconclose", "core-1"), "false");
  EXPECT_TRUE(apart->warnings.empty()) << apart->warnings.front();
}

TEST(OperatorsValues, ThePlanSaysWhenReplicasShareAHost) {
  const ClusterPlan plan = good_plan();
  ASSERT_EQ(plan.warnings.size(), 1U);
  EXPECT_TRUE(plan.warnings[0].starts_with("replicas 2, failure domains 1"));
}

TEST(OperatorsValues, TopologyIsRackAndHostFromTheFirstDay) {
  const ClusterPlan plan = good_plan();
  EXPECT_EQ(core(plan, "net.topology.node.switch.mapping.impl"),
            "org.apache.hadoop.net.ScriptBasedMapping");
  EXPECT_EQ(core(plan, "net.topology.script.file.name"), "/etc/tusker/current/bin/rack-of");
  EXPECT_NE(
      file(plan, "master-1", "topology").find(node(plan, "core-1").address() + " /default/alpha\n"),
      std::string::npos);
}

TEST(OperatorsValues, ASecondaryNameNodeOnTheFirstCoreNodeKeepsASecondCopyOfTheMetadata) {
  const ClusterPlan plan = good_plan();
  EXPECT_EQ(role(node(plan, "core-1"), "SecondaryNameNode").user(), "hadoop");
  EXPECT_EQ(node(plan, "core-1").roles_size(), 3);
  EXPECT_EQ(node(plan, "core-2").roles_size(), 2);
  EXPECT_EQ(hdfs(plan, "dfs.namenode.checkpoint.period"), "3600");
  EXPECT_EQ(hdfs(plan, "dfs.namenode.secondary.http-address"),
            "core-1." + plan.cluster.id() + ".tusker.internal:4010");
}

TEST(OperatorsValues, EachClusterHasItsOwnHdfsIdentity) {
  const auto a = testing::plan(testing::one_host(), testing::request("TK.SMALL1", "TK.SMALL1"), 1);
  const auto b = testing::plan(testing::one_host(), testing::request("TK.SMALL1", "TK.SMALL1"), 2);
  for (const char* identity : {"hdfs.cluster_id", "hdfs.block_pool_id", "hdfs.namespace_id"}) {
    EXPECT_NE(a->cluster.settings().at(identity), b->cluster.settings().at(identity)) << identity;
    EXPECT_NE(
        file(*a, "master-1", "seed/namenode-image.tar").find(a->cluster.settings().at(identity)),
        std::string::npos)
        << identity;
  }
  const store::Probe& probe = role(node(*a, "core-1"), "DataNode").probes(0);
  EXPECT_EQ(probe.ready().at("ClusterId"), a->cluster.settings().at("hdfs.cluster_id"));
}

TEST(OperatorsValues, ReplicationIsTwoOnFewNodesAndThreeFromFour) {
  EXPECT_EQ(hdfs(good_plan("TK.SMALL1", "TK.SMALL1", 1), "dfs.replication"), "1");
  EXPECT_EQ(hdfs(good_plan("TK.SMALL1", "TK.SMALL1", 2), "dfs.replication"), "2");
  EXPECT_EQ(hdfs(good_plan("TK.SMALL1", "TK.SMALL1", 3), "dfs.replication"), "2");
  EXPECT_EQ(hdfs(good_plan("TK.SMALL1", "TK.SMALL1", 4), "dfs.replication"), "3");
  EXPECT_TRUE(good_plan("TK.SMALL1", "TK.SMALL1", 1).warnings.front().starts_with("1 copy"));
}

TEST(OperatorsValues, OneDataNodeDirectoryPerDiskAndAMinorityOfThemMayFail) {
  auto asked = testing::request("TK.SMALL1", "TK.SMALL1");
  for (int i = 0; i < 4; ++i) asked.groups[store::CORE].spec.add_disk_bytes(8ULL << 30);
  const auto plan = testing::plan(testing::one_host(), asked);
  ASSERT_TRUE(plan.ok()) << plan.error().message();
  EXPECT_EQ(hdfs(*plan, "dfs.datanode.data.dir", "core-1"),
            "file:///data/1/hdfs/data,file:///data/2/hdfs/data,file:///data/3/hdfs/data,file:///"
            "data/4/hdfs/data");
  EXPECT_EQ(hdfs(*plan, "dfs.datanode.failed.volumes.tolerated", "core-1"), "1");
  EXPECT_EQ(hdfs(good_plan(), "dfs.datanode.failed.volumes.tolerated", "core-1"), "0");
}

TEST(OperatorsValues, RecoveryIsAlwaysOn) {
  const ClusterPlan plan = good_plan();
  EXPECT_EQ(yarn(plan, "yarn.resourcemanager.recovery.enabled"), "true");
  EXPECT_EQ(yarn(plan, "yarn.resourcemanager.store.class"),
            "org.apache.hadoop.yarn.server.resourcemanager.recovery.FileSystemRMStateStore");
  EXPECT_EQ(yarn(plan, "yarn.resourcemanager.fs.state-store.uri"), "file:///data/1/yarn/rm-state");
  EXPECT_EQ(yarn(plan, "yarn.nodemanager.recovery.enabled"), "true");
  EXPECT_EQ(yarn(plan, "yarn.nodemanager.recovery.supervised"), "true");
  EXPECT_EQ(yarn(plan, "yarn.nodemanager.recovery.dir"), "/data/1/yarn/nm-recovery");
  EXPECT_EQ(yarn(plan, "yarn.nodemanager.address"),
            "core-1." + plan.cluster.id() + ".tusker.internal:5006");
}

TEST(OperatorsValues, AStoppedNodeManagerLeavesItsContainers) {
  const ClusterPlan plan = good_plan();
  EXPECT_FALSE(role(node(plan, "core-1"), "NodeManager").kill_group_at_stop());
  EXPECT_TRUE(role(node(plan, "core-1"), "DataNode").kill_group_at_stop());
}

TEST(OperatorsValues, NobodySubmitsOverTheWebPage) {
  EXPECT_EQ(yarn(good_plan(), "yarn.webapp.enable-rest-app-submissions", "master-1"), "false");
}

TEST(OperatorsValues, NodeManagerMemoryIsWhatDaemonsAndTheReserveLeave) {
  const ClusterPlan plan = good_plan("TK.MEDIUM4", "TK.MEDIUM8");
  for (const char* name : {"core-1", "core-2"}) {
    std::uint32_t daemons_mb = 0;
    for (const store::Role& daemon : node(plan, name).roles()) daemons_mb += heap_mb(daemon) + 100;
    EXPECT_EQ(yarn(plan, "yarn.nodemanager.resource.memory-mb", name),
              std::to_string(8192 - daemons_mb - 819))
        << name;
  }
  EXPECT_EQ(yarn(plan, "yarn.nodemanager.resource.cpu-vcores"), "2");
}

TEST(OperatorsValues, TaskHeapIsThreeQuartersOfTheContainerLessTheSharedArchive) {
  const ClusterPlan plan = good_plan("TK.MEDIUM4", "TK.MEDIUM8");
  const int container_mb = std::stoi(mapred(plan, "mapreduce.map.memory.mb"));
  EXPECT_EQ(mapred(plan, "mapreduce.map.java.opts"),
            "@/etc/tusker/current/mr.args -Xmx" +
                std::to_string(static_cast<int>(container_mb * 0.75 - 149)) + "m");
}

TEST(OperatorsValues, TheKernelEndsTasksBeforeTheNodeManagerBeforeStorage) {
  const ClusterPlan plan = good_plan();
  const int data = role(node(plan, "core-1"), "DataNode").oom_score_adj();
  const int names = role(node(plan, "master-1"), "NameNode").oom_score_adj();
  const int manager = role(node(plan, "core-1"), "NodeManager").oom_score_adj();
  EXPECT_LT(data, manager);
  EXPECT_LT(names, manager);
  EXPECT_LT(manager, 500);
  EXPECT_NE(file(plan, "core-1", "bin/nice").find("echo 500 > /proc/self/oom_score_adj"),
            std::string::npos);
  EXPECT_TRUE(role(node(plan, "core-1"), "NodeManager")
                  .environment()
                  .at("PATH")
                  .starts_with("/etc/tusker/current/bin:"));
  EXPECT_NE(yarn(plan, "yarn.nodemanager.container-executor.os.sched.priority.adjustment"), "0");
}

TEST(OperatorsValues, SmallHeapsUseSerialGcAndC1LargeOnesG1AndC2) {
  const ClusterPlan small = good_plan();
  EXPECT_EQ(role(node(small, "master-1"), "NameNode").argv(1), "-XX:+UseSerialGC");
  EXPECT_EQ(role(node(small, "master-1"), "NameNode").argv(2), "-XX:TieredStopAtLevel=1");
  const ClusterPlan large = good_plan("TK.LARGE16", "TK.SMALL1");
  EXPECT_GT(heap_mb(role(node(large, "master-1"), "NameNode")), 1024U);
  EXPECT_EQ(role(node(large, "master-1"), "NameNode").argv(1), "-XX:+UseG1GC");
  EXPECT_TRUE(role(node(large, "master-1"), "NameNode").argv(2).starts_with("-Xmx"));
}

TEST(OperatorsValues, OnlyTheApplicationMasterOfAJobIsHeldToC1) {
  const ClusterPlan plan = good_plan();
  EXPECT_NE(mapred(plan, "yarn.app.mapreduce.am.command-opts").find("-XX:TieredStopAtLevel=1"),
            std::string::npos);
  EXPECT_EQ(mapred(plan, "mapreduce.map.java.opts").find("TieredStopAtLevel"), std::string::npos);
  EXPECT_EQ(mapred(plan, "mapreduce.reduce.java.opts").find("TieredStopAtLevel"),
            std::string::npos);
  EXPECT_EQ(file(plan, "core-1", "mr.args").find("TieredStopAtLevel"), std::string::npos);
}

TEST(OperatorsValues, LogsAndHistoryAreKept7Days) {
  const ClusterPlan plan = good_plan();
  EXPECT_EQ(yarn(plan, "yarn.log-aggregation-enable"), "true");
  EXPECT_EQ(yarn(plan, "yarn.log-aggregation.retain-seconds"), "604800");
  EXPECT_EQ(mapred(plan, "mapreduce.jobhistory.max-age-ms"), "604800000");
}

TEST(OperatorsValues, DaemonsRunAsUsersOfTheirOwnAndKeepTheirDataToThemselves) {
  const ClusterPlan plan = good_plan();
  for (const char* name : {"NameNode", "ResourceManager", "JobHistoryServer"}) {
    EXPECT_EQ(role(node(plan, "master-1"), name).user(),
              std::string(name) == "NameNode" ? "hadoop" : "yarn");
  }
  for (const store::Directory& directory : node(plan, "core-1").disks(0).directories()) {
    EXPECT_TRUE(directory.user() != "hadoop" || directory.mode() == 0700) << directory.path();
    EXPECT_TRUE(directory.path() != "tmp" || directory.mode() == 01777);
  }
}

TEST(OperatorsValues, TheNameNodeStopsLastAndHistoryStartsLast) {
  EXPECT_TRUE(testing::definitions().role("NameNode")->stop_last);
  const ClusterPlan plan = good_plan();
  EXPECT_TRUE(role(node(plan, "master-1"), "JobHistoryServer").starts_last());
  EXPECT_TRUE(role(node(plan, "core-1"), "SecondaryNameNode").starts_last());
  EXPECT_FALSE(role(node(plan, "core-1"), "DataNode").starts_last());
}

// ---- what makes a start quick, and how long it acts

TEST(QuickStart, DaemonsThatStartTogetherTryEach200Milliseconds) {
  const ClusterPlan plan = good_plan();
  EXPECT_EQ(core(plan, "ipc.client.connect.retry.interval"), "200");
  EXPECT_EQ(core(plan, "ipc.client.connect.max.retries"), "50");
  EXPECT_EQ(yarn(plan, "yarn.nodemanager.resourcemanager.connect.retry-interval.ms"), "200");
  EXPECT_EQ(yarn(plan, "yarn.resourcemanager.connect.retry-interval.ms"), "200");
  EXPECT_EQ(yarn(plan, "yarn.resourcemanager.nodemanagers.heartbeat-interval-ms"), "200");
  EXPECT_EQ(mapred(plan, "yarn.app.mapreduce.am.scheduler.heartbeat.interval-ms"), "200");
  EXPECT_EQ(mapred(plan, "mapreduce.client.progressmonitor.pollinterval"), "200");
  EXPECT_EQ(mapred(plan, "mapreduce.client.completion.pollinterval"), "200");
}

TEST(QuickStart, ASmallClusterWaitsOneRoundOfItsNodesForData) {
  EXPECT_EQ(scheduler(good_plan(), "yarn.scheduler.capacity.node-locality-delay"), "2");
}

TEST(QuickStart, WhatActsOnlyAtTheStartIsMarked) {
  const ClusterPlan plan = good_plan();
  const auto found = explain(testing::definitions(),
                             plan.cluster,
                             plan.nodes,
                             node(plan, "core-1"),
                             "dfs.blockreport.initialDelay");
  ASSERT_TRUE(found.ok()) << found.error().message();
  EXPECT_EQ(found->value, "0");
  EXPECT_FALSE(found->start_only.empty());
}

TEST(QuickStart, ReadinessIsAskedEach200MillisecondsAndLaterEach5SecondsUnlessSomebodyWaits) {
  const ClusterPlan plan = good_plan();
  for (const store::Node& each : plan.nodes) {
    for (const store::Role& daemon : each.roles()) {
      for (const store::Probe& probe : daemon.probes()) {
        EXPECT_EQ(probe.starting_interval_ms(), 200U) << daemon.name();
        const bool counted =
            probe.attributes_size() > 6 || probe.pointers().contains("activeNodes");
        // What a person waits to be told of.
        const bool told =
            !probe.when().empty() || (probe.attributes_size() == 1 &&
                                      probe.attributes(0).starts_with("BPServiceActorInfo/"));
        EXPECT_EQ(probe.interval_ms(), counted ? 500U : told ? 2000U : 5000U) << daemon.name();
      }
    }
  }
}

}  // namespace
}  // namespace tusker
