#include "model/model.h"

#include <gtest/gtest.h>

#include "model/cluster_status.h"

namespace tusker {
namespace {

constexpr const char* kA = "00000000-0000-4000-8000-00000000000a";
constexpr const char* kB = "00000000-0000-4000-8000-00000000000b";

store::Host host(const std::string& id) {
  store::Host row;
  row.set_id(id);
  row.set_name("host-" + id.substr(id.size() - 1));
  return row;
}

store::Cluster cluster(const std::string& id, std::int64_t number) {
  store::Cluster row;
  row.set_id(id);
  row.set_number(number);
  row.set_name("demo");
  row.set_account(7);
  row.set_state(store::Cluster::CREATING);
  return row;
}

store::Node node(const std::string& id, const std::string& cluster, const std::string& host) {
  store::Node row;
  row.set_id(id);
  row.set_cluster_id(cluster);
  row.set_host_id(host);
  row.set_type(store::CORE);
  row.set_index(1);
  row.set_address("10.231.0.66");
  row.mutable_spec()->set_memory_bytes(1000);
  row.mutable_spec()->set_cpus(2);
  row.add_disks()->set_bytes(30);
  row.add_disks()->set_bytes(12);
  row.add_files()->set_digest("sha256:shared");
  row.add_files()->set_sealed_content("secret");
  return row;
}

store::Flow flow(std::int64_t id, const std::string& cluster) {
  store::Flow row;
  row.set_id(id);
  row.set_kind(store::Flow::CREATE);
  row.set_cluster_id(cluster);
  return row;
}

template <typename... Rows>
Change puts(const Rows&... rows) {
  Change change;
  (change.put(rows), ...);
  return change;
}

Change removes(store::Kind kind, const std::string& id) {
  Change change;
  change.remove(kind, id);
  return change;
}

// Two hosts and a cluster with one node on each.
class ModelTest : public testing::Test {
 protected:
  ModelTest() {
    store::Node second = node("emr-vm-00000002", "emr-00000001", kB);
    second.set_index(2);
    model_.apply(puts(host(kA),
                      host(kB),
                      cluster("emr-00000001", 1),
                      node("emr-vm-00000001", "emr-00000001", kA),
                      second));
  }

  Model model_;
};

TEST_F(ModelTest, KnowsRowsUntilTheyAreDeleted) {
  EXPECT_EQ(model_.host(kA)->name(), "host-a");
  EXPECT_EQ(model_.node("emr-vm-00000001")->host_id(), kA);
  EXPECT_EQ(model_.cluster("emr-absent"), nullptr);
  model_.apply(removes(store::NODE, "emr-vm-00000001"));
  EXPECT_EQ(model_.node("emr-vm-00000001"), nullptr);
  EXPECT_TRUE(model_.nodes_on(kA).empty());
  EXPECT_EQ(model_.nodes_of("emr-00000001").size(), 1U);
  model_.apply(removes(store::NODE, "emr-vm-00000001"));  // gone is gone
}

TEST_F(ModelTest, ReservesWhatNodesHoldUntilTheirRowsGo) {
  store::Node removing = node("emr-vm-00000001", "emr-00000001", kA);
  removing.set_removing(true);
  model_.apply(puts(removing));
  Reservation held = model_.reserved_on(kA);
  EXPECT_EQ(held.memory_bytes, 1000U)
      << "put again, it counts once; being removed, it counts still";
  EXPECT_EQ(held.disk_bytes, 42U);
  EXPECT_EQ(held.cpus, 2U);

  store::Node third = node("emr-vm-00000003", "emr-00000001", kA);
  third.set_index(3);
  third.mutable_disks(0)->set_thin(true);
  model_.apply(puts(third));
  EXPECT_EQ(model_.reserved_on(kA).disk_bytes, 84U) << "a thin disk may fill";

  model_.apply(removes(store::NODE, "emr-vm-00000001"));
  model_.apply(removes(store::NODE, "emr-vm-00000003"));
  held = model_.reserved_on(kA);
  EXPECT_EQ(held.memory_bytes, 0U);
  EXPECT_EQ(held.disk_bytes, 0U);
  EXPECT_EQ(held.cpus, 0U);
  EXPECT_EQ(model_.reserved_on("absent").memory_bytes, 0U);
}

TEST_F(ModelTest, CountsWhoNeedsAFile) {
  EXPECT_EQ(model_.uses_of_file("sha256:shared"), 2U);
  EXPECT_EQ(model_.uses_of_file("sha256:absent"), 0U);
  EXPECT_EQ(model_.uses_of_file(""), 0U) << "a secret is no file of others";
  store::Node changed = node("emr-vm-00000001", "emr-00000001", kA);
  changed.mutable_files(0)->set_digest("sha256:new");
  model_.apply(puts(changed));
  EXPECT_EQ(model_.uses_of_file("sha256:shared"), 1U);
  EXPECT_EQ(model_.uses_of_file("sha256:new"), 1U);
  model_.apply(removes(store::NODE, "emr-vm-00000002"));
  EXPECT_EQ(model_.uses_of_file("sha256:shared"), 0U);
}

TEST_F(ModelTest, ListsNodesOfAClusterByTypeAndIndex) {
  store::Node master = node("emr-vm-00000009", "emr-00000001", kA);
  master.set_type(store::MASTER);
  model_.apply(puts(master));
  std::vector<std::string> ids;
  for (const auto& [order, row] : model_.nodes_of("emr-00000001")) ids.push_back(row->id());
  EXPECT_EQ(ids,
            (std::vector<std::string>{"emr-vm-00000009", "emr-vm-00000001", "emr-vm-00000002"}));
  EXPECT_TRUE(model_.nodes_of("emr-absent").empty());
}

TEST_F(ModelTest, CountsTheNodesOfAListedCluster) {
  const store::Cluster& row = *model_.cluster("emr-00000001");
  const ListedCluster listed = model_.listed(row);
  EXPECT_EQ(listed.row, &row);
  EXPECT_EQ(listed.nodes->count[store::CORE], 2U);
  EXPECT_EQ(listed.nodes->master_address, "");

  for (const auto& [index, address] :
       {std::pair{2U, "10.244.0.12"}, std::pair{1U, "10.244.0.11"}}) {
    store::Node master = node(fmt::format("emr-vm-0000000{}", 6 + index), "emr-00000001", kA);
    master.set_type(store::MASTER);
    master.set_index(index);
    master.set_address(address);
    model_.apply(puts(master));
  }
  EXPECT_EQ(listed.nodes->count[store::MASTER], 2U);
  EXPECT_EQ(listed.nodes->master_address, "10.244.0.11") << "the first by index";

  for (const char* const id : {"emr-vm-00000001", "emr-vm-00000002", "emr-vm-00000007"})
    model_.apply(removes(store::NODE, id));
  EXPECT_EQ(listed.nodes->count[store::CORE], 0U);
  EXPECT_EQ(listed.nodes->master_address, "10.244.0.12");
  model_.apply(removes(store::NODE, "emr-vm-00000008"));
  EXPECT_EQ(model_.listed(row).nodes, listed.nodes) << "kept while the cluster's row is";
  EXPECT_EQ(listed.nodes->count[store::MASTER], 0U);
}

TEST_F(ModelTest, ListsClustersOfAnAccountOldestFirst) {
  store::Cluster others = cluster("emr-00000000", 4);
  others.set_account(8);
  model_.apply(puts(cluster("emr-00000003", 3), cluster("emr-0000000z", 2), others));
  std::vector<std::int64_t> numbers;
  for (const auto& [number, listed] : model_.clusters_of(7))
    numbers.push_back(listed.row->number());
  EXPECT_EQ(numbers, (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(model_.clusters_named(7, "demo").size(), 3U) << "a name is a label";

  store::Cluster renamed = *model_.cluster("emr-00000001");
  renamed.set_name("other");
  model_.apply(puts(renamed));
  EXPECT_EQ(model_.clusters_named(7, "demo").size(), 2U);
  ASSERT_EQ(model_.clusters_named(7, "other").size(), 1U);
  EXPECT_EQ(model_.clusters_named(7, "other")[0]->id(), "emr-00000001");

  model_.apply(removes(store::CLUSTER, "emr-00000003"));
  EXPECT_EQ(model_.clusters_of(7).size(), 2U);
  EXPECT_EQ(model_.clusters_named(7, "demo").size(), 1U);
  EXPECT_TRUE(model_.clusters_of(9).empty());
}

TEST_F(ModelTest, KnowsWhichFlowsHaveNotEnded) {
  store::Cluster busy = *model_.cluster("emr-00000001");
  busy.set_flow_id(5);
  busy.set_flow_running(true);
  model_.apply(puts(flow(5, "emr-00000001"), flow(4, "emr-00000001"), busy));
  EXPECT_EQ(model_.unfinished_flows(), (std::set<std::int64_t>{4, 5}));
  ASSERT_NE(model_.running_flow("emr-00000001"), nullptr);
  EXPECT_EQ(model_.running_flow("emr-00000001")->id(), 5);

  store::Flow done = flow(5, "emr-00000001");
  done.set_outcome(store::Flow::DONE);
  busy.set_flow_running(false);
  model_.apply(puts(done, busy));
  EXPECT_EQ(model_.unfinished_flows(), (std::set<std::int64_t>{4}));
  EXPECT_EQ(model_.running_flow("emr-00000001"), nullptr);
  EXPECT_NE(model_.flow(FlowId{5}), nullptr) << "the row stays";
  model_.apply(removes(store::FLOW, "4"));
  EXPECT_TRUE(model_.unfinished_flows().empty());
  EXPECT_EQ(model_.flow(FlowId{4}), nullptr);
}

// Who may start and who may talk to whom depends on all nodes of a cluster.
TEST_F(ModelTest, SaysWhoseDesiredStateAChangeTouches) {
  const Touched by_node = model_.apply(puts(node("emr-vm-00000001", "emr-00000001", kA)));
  EXPECT_EQ(by_node.hosts, (std::set<std::string>{kA, kB}));
  EXPECT_EQ(by_node.clusters, (std::set<std::string>{"emr-00000001"}));
  EXPECT_EQ(model_.apply(puts(flow(5, "emr-00000001"))).hosts, (std::set<std::string>{kA, kB}));
  const Touched by_removal = model_.apply(removes(store::NODE, "emr-vm-00000001"));
  EXPECT_EQ(by_removal.hosts, (std::set<std::string>{kA, kB})) << "also the one it was on";
  EXPECT_EQ(model_.apply(puts(cluster("emr-00000002", 2))).hosts, std::set<std::string>());
}

TEST_F(ModelTest, HoldsTheStateThatReportsSay) {
  const HostId a(kA);
  const store::Node& row = *model_.node("emr-vm-00000001");
  EXPECT_EQ(model_.observed(kA), nullptr);
  EXPECT_EQ(model_.status_of(row), nullptr);

  link::Hello hello;
  hello.set_boot_id("boot");
  model_.observe_connected(a, hello, Time(std::chrono::seconds(1)));
  EXPECT_TRUE(model_.observed(kA)->connected);
  EXPECT_FALSE(model_.observed(kA)->reported) << "it has said nothing of its nodes yet";

  link::Observed state;
  state.add_nodes()->set_id("emr-vm-00000001");
  state.add_nodes()->set_id("emr-vm-unknown");
  state.add_orphans("emr-vm-orphan");
  const Touched touched = model_.observe_state(a, state, Time(std::chrono::seconds(2)));
  EXPECT_EQ(touched.clusters, (std::set<std::string>{"emr-00000001"}));
  EXPECT_TRUE(model_.observed(kA)->reported);
  EXPECT_EQ(model_.observed(kA)->nodes.size(), 2U);
  EXPECT_EQ(model_.observed(kA)->last_heard, Time(std::chrono::seconds(2)));
  ASSERT_NE(model_.status_of(row), nullptr);

  model_.observe_state(a, link::Observed(), Time(std::chrono::seconds(3)));
  EXPECT_EQ(model_.status_of(row), nullptr) << "a report is whole";
  EXPECT_TRUE(model_.observed(kA)->orphans.empty());

  model_.observe_disconnected(a);
  EXPECT_FALSE(model_.observed(kA)->connected);
  EXPECT_FALSE(model_.observed(kA)->reported);
  EXPECT_TRUE(model_.observed(kA)->heard);
}

TEST(ModelLoad, TakesRowsInAnyOrder) {
  Model model;
  ASSERT_TRUE(model
                  .load(puts(node("emr-vm-00000001", "emr-00000001", kA),
                             flow(5, "emr-00000001"),
                             cluster("emr-00000001", 1),
                             host(kA))
                            .take_rows())
                  .ok());
  EXPECT_EQ(model.nodes_on(kA).size(), 1U);
  EXPECT_EQ(model.reserved_on(kA).memory_bytes, 1000U);
}

TEST(ModelLoad, NamesRowsThatContradictEachOther) {
  const auto error_of = [](Change change) {
    Model model;
    const Status loaded = model.load(std::move(change).take_rows());
    return loaded.ok() ? Error(ErrorCode::Internal, "it was loaded") : loaded.error();
  };
  const store::Node row = node("emr-vm-00000001", "emr-00000001", kA);
  for (const Error& error :
       {error_of(puts(row, host(kA))), error_of(puts(row, cluster("emr-00000001", 1)))}) {
    EXPECT_EQ(error.code(), ErrorCode::Corrupt);
    EXPECT_NE(error.message().find("emr-vm-00000001"), std::string::npos) << error.message();
  }
  const Error error = error_of(puts(flow(5, "emr-00000001")));
  EXPECT_EQ(error.code(), ErrorCode::Corrupt);
  EXPECT_NE(error.message().find("flow 5"), std::string::npos) << error.message();
}

using ModelDeathTest = ModelTest;

TEST_F(ModelDeathTest, StopsAtWhatCanNeverBe) {
  store::Cluster terminated = *model_.cluster("emr-00000001");
  terminated.set_state(store::Cluster::TERMINATED);
  EXPECT_DEATH(model_.apply(puts(terminated)), "emr-00000001: TERMINATED after CREATING");
  store::Node moved = node("emr-vm-00000001", "emr-00000001", kB);
  EXPECT_DEATH(model_.apply(puts(moved)), "a node keeps its host and address");
  store::Flow done = flow(5, "emr-00000001");
  done.set_outcome(store::Flow::DONE);
  model_.apply(puts(done));
  EXPECT_DEATH(model_.apply(puts(flow(5, "emr-00000001"))),
               "FORWARD UNFINISHED after FORWARD DONE");
}

TEST(ClusterStatus, IsTheApisNumberOfEachState) {
  store::Cluster row = cluster("emr-00000001", 1);
  const std::vector<std::tuple<store::Cluster::State, int, std::string>> all = {
      {store::Cluster::CREATING, 3, "creating"},
      {store::Cluster::RUNNING, 2, "running"},
      {store::Cluster::TERMINATING, 14, "terminating"},
      {store::Cluster::TERMINATED, 201, "terminated"},
      {store::Cluster::CREATE_FAILED, 301, "create failed"}};
  for (const auto& [state, number, text] : all) {
    row.set_state(state);
    EXPECT_EQ(api_status_of(row), number);
    EXPECT_EQ(status_text(row), text);
  }
  row.set_state(store::Cluster::RUNNING);
  row.set_stopped(true);
  EXPECT_EQ(api_status_of(row), 2);
  EXPECT_EQ(status_text(row), "stopped");
}

}  // namespace
}  // namespace tusker
