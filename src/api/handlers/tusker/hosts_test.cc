// DescribeHosts, CleanHost, ForgetHost.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class Hosts : public ::testing::Test {
 protected:
  static link::Orphan orphan(std::string id, std::string name = "core-1") {
    link::Orphan made;
    made.set_node_id(std::move(id));
    made.set_cluster_id("emr-00000009");
    made.set_name(std::move(name));
    made.set_disk_bytes(5 << 20);
    made.set_running(true);
    return made;
  }
  boost::json::array orphans() {
    const Answered answered = world.call("DescribeHosts", "{}");
    EXPECT_EQ(answered.code, "") << answered.message;
    return boost::json::parse(answered.reply.body)
        .at("Response")
        .at("Hosts")
        .at(0)
        .at("Orphans")
        .as_array();
  }
  Answered clean(std::string_view ids, std::string_view host = "") {
    return world.call("CleanHost",
                      fmt::format(R"({{"HostId":"{}","ResourceIds":[{}]}})",
                                  host.empty() ? world.host.text() : host,
                                  ids));
  }
  Answered forget(bool data_is_gone, std::string_view host = "") {
    return world.call("ForgetHost",
                      fmt::format(R"({{"HostId":"{}","DataIsGone":{}}})",
                                  host.empty() ? world.host.text() : host,
                                  data_is_gone));
  }
  // What has been told is on the disk, and with the host.
  void settle() {
    world.store.write_all();
    world.store.tell();
  }
  // It has taken over all that it was told, and reports these.
  void report(const std::vector<link::Orphan>& orphans) {
    settle();
    world.report_orphans(orphans);
    settle();
  }
  void go_away() {
    world.disconnect_host();
    world.clock.advance(std::chrono::seconds(31));
  }

  ApiWorld world;
};

TEST_F(Hosts, TellWhatIsThereAndNobodyKnows) {
  report({orphan("emr-vm-00000001")});
  const boost::json::array listed = orphans();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].at("ResourceId").as_string(), "emr-vm-00000001");
  EXPECT_EQ(listed[0].at("InstanceId").as_string(), "emr-00000009");
  EXPECT_EQ(listed[0].at("Name").as_string(), "core-1");
  EXPECT_EQ(listed[0].at("State").as_string(), "running");
  EXPECT_EQ(listed[0].at("DiskBytes").as_int64(), 5 << 20);
}

TEST_F(Hosts, RemoveExactlyTheOrphansThatTheyAreToldToUntilTheyConfirm) {
  report({orphan("emr-vm-00000001"), orphan("emr-vm-00000002")});
  EXPECT_TRUE(world.told_to_remove().empty()) << "nothing is removed that nobody asked for";
  const Answered cleaned = clean(R"("emr-vm-00000001")");
  ASSERT_EQ(cleaned.code, "") << cleaned.message;
  settle();
  EXPECT_EQ(world.told_to_remove(), std::vector<std::string>{"emr-vm-00000001"});
  EXPECT_EQ(orphans().at(0).at("State").as_string(), "removing");
  EXPECT_EQ(clean(R"("emr-vm-00000001")").code, "") << "asked for twice is asked for once";
  EXPECT_EQ(world.model.host(world.host.text())->orphans_removed_size(), 1);
  world.report_removed();
  settle();
  EXPECT_EQ(world.model.host(world.host.text())->orphans_removed_size(), 0);
  EXPECT_TRUE(world.told_to_remove().empty());
}

TEST_F(Hosts, RemoveNothingWhenOneOfTheIdsIsNoOrphan) {
  const std::string cluster = world.create("wordcount");
  const std::string known = world.model.nodes_of(cluster).begin()->second->id();
  report({orphan("emr-vm-00000001"), orphan(known)});
  for (const std::string& other : {std::string("emr-vm-99999999"), known, std::string("/etc")}) {
    EXPECT_EQ(clean(fmt::format(R"("emr-vm-00000001","{}")", other)).code,
              "ResourceNotFound.NodeNotFound")
        << other;
  }
  EXPECT_EQ(world.model.host(world.host.text())->orphans_removed_size(), 0);
  EXPECT_EQ(orphans().size(), 1U) << "a node that has a row is none";
}

TEST_F(Hosts, ThatAreAwayAreNotCleaned) {
  report({orphan("emr-vm-00000001")});
  world.disconnect_host();
  EXPECT_EQ(clean(R"("emr-vm-00000001")").code, "FailedOperation.HostAway");
  EXPECT_EQ(clean(R"("emr-vm-00000001")", "nobody").code, "ResourceNotFound.HostNotFound");
}

TEST_F(Hosts, AreForgottenOnlyWhenTheyAreAwayAndTheirDataIsSaidToBeGone) {
  const Answered without = forget(false);
  EXPECT_EQ(without.code, "FailedOperation.HostNotForgettable");
  EXPECT_NE(without.message.find("--data-is-gone"), std::string::npos) << without.message;
  const Answered connected = forget(true);
  EXPECT_EQ(connected.code, "FailedOperation.HostNotForgettable");
  EXPECT_NE(connected.message.find("is connected"), std::string::npos) << connected.message;
  world.disconnect_host();
  const Answered early = forget(true);
  EXPECT_EQ(early.code, "FailedOperation.HostNotForgettable");
  EXPECT_NE(early.message.find("may be about to come back"), std::string::npos) << early.message;
  EXPECT_EQ(forget(true, "nobody").code, "ResourceNotFound.HostNotFound");
  EXPECT_EQ(world.model.hosts().size(), 1U);
}

TEST_F(Hosts, ThatAreForgottenHoldNothingAnyMoreAndCannotComeBack) {
  const std::string cluster = world.create("wordcount");
  world.finish_flow(cluster);
  go_away();
  const Answered answered = forget(true);
  ASSERT_EQ(answered.code, "") << answered.message;
  EXPECT_EQ(
      boost::json::parse(answered.reply.body).at("Response").at("ResourceIds").as_array().size(),
      3U);
  EXPECT_TRUE(world.model.hosts().empty());
  EXPECT_TRUE(world.model.nodes().empty());
  EXPECT_TRUE(world.model.files().empty());
  EXPECT_EQ(world.model.reserved_on(world.host.text()).memory_bytes, 0U);
  EXPECT_EQ(world.controller->agent_connected(world.host, nullptr).error().code(),
            ErrorCode::NotFound);
  // What is left of the cluster can be cleared away.
  EXPECT_EQ(world.call("TerminateInstance", fmt::format(R"({{"InstanceId":"{}"}})", cluster)).code,
            "");
  EXPECT_EQ(world.model.cluster(cluster)->state(), store::Cluster::TERMINATED);
}

TEST_F(Hosts, ThatAreForgottenBlockNoFlowAnyMore) {
  const std::string cluster = world.create("wordcount");
  world.finish_flow(cluster);
  world.disconnect_host();
  world.call("TerminateInstance", fmt::format(R"({{"InstanceId":"{}"}})", cluster));
  EXPECT_EQ(world.model.cluster(cluster)->state(), store::Cluster::TERMINATING);
  world.clock.advance(std::chrono::seconds(31));
  EXPECT_EQ(forget(true).code, "");
  EXPECT_EQ(world.model.cluster(cluster)->state(), store::Cluster::TERMINATED);
}

// Every action that reads has to bear a cluster without a single node.
TEST_F(Hosts, ThatAreForgottenLeaveAClusterThatCanBeLookedAtAndIsRefusedWork) {
  const std::string cluster = world.create("wordcount");
  world.finish_flow(cluster);
  go_away();
  ASSERT_EQ(forget(true).code, "");
  const std::string of_it = fmt::format(R"({{"InstanceId":"{}"}})", cluster);
  for (const ActionInfo& action : all_actions()) {
    if (action.name == "TerminateInstance") continue;
    const Answered answered = world.call(action.name, of_it);
    EXPECT_FALSE(answered.code.starts_with("InternalError"))
        << action.name << ": " << answered.message;
  }
  EXPECT_EQ(world
                .call("DescribeClusterNodes",
                      fmt::format(R"({{"InstanceId":"{}","NodeFlag":"all"}})", cluster))
                .code,
            "");
  const Answered grown = world.call(
      "ScaleOutInstance",
      fmt::format(
          R"({{"InstanceId":"{}","TimeUnit":"s","TimeSpan":3600,"PayMode":0,"CoreCount":1}})",
          cluster));
  EXPECT_NE(grown.message.find("has lost its master"), std::string::npos) << grown.message;
}

}  // namespace
}  // namespace tusker::api
