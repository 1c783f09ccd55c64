// The life of nodes on the real kernel.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>

#include "agent/cgroups.h"
#include "agent/desired_cache.h"
#include "agent/s6.h"
#include "agent/safe_folder.h"
#include "agent/testing/test_host.h"
#include "base/file.h"

namespace tusker {
namespace {

TEST(HostKeeper, BringsUpANodeWhoseRoleBecomesReadyAndRemovesItWithoutATrace) {
  TestHost host;
  link::Node node = host.node(2);
  link::Role role = TestHost::daemon("NameNode", 4008);
  for (const char* word : {"plain", "two words", "it's", "$HOME `id` \"q\" \\n", "*", ""})
    role.add_argv(word);
  *node.add_roles() = role;
  link::Directory& directory = *node.mutable_disks(0)->add_directories();
  directory.set_path("hdfs/name");
  directory.set_user("hadoop");
  directory.set_mode(0700);
  host.keeper().take(host.desired({node}));
  ASSERT_TRUE(
      host.run_until([&](const auto& seen) { return is_ready(seen, node.id(), "NameNode"); }));

  const link::Observed seen = host.observed();
  EXPECT_EQ(find_node(seen, node.id())->state(), link::NodeStatus::RUNNING);
  EXPECT_EQ(seen.seen().commit(), 1U);
  EXPECT_EQ(find_role(seen, node.id(), "NameNode")->facts().at("FSState"), "Operational");
  EXPECT_EQ(find_role(seen, node.id(), "NameNode")->restarts(), 0U);
  const std::string path = host.layout().logs(node.id()) + "/NameNode/current";
  // Being ready and being logged are two programs' doings.
  ASSERT_TRUE(host.run_until([&](const auto&) {
    const Result<std::string> text = read_file(path);
    return text.ok() && text->ends_with("uid=61101\n");
  }));
  const Result<std::string> log = read_file(path);
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(*log,
            "word=plain\nword=two words\nword=it's\nword=$HOME `id` \"q\" "
            "\\n\nword=*\nword=\nuid=61101\n");

  link::Desired gone = host.desired({});
  gone.add_removed(node.id());
  host.keeper().take(gone);
  ASSERT_TRUE(host.run_until([&](const auto& now) { return now.removed_size() == 1; }));
  EXPECT_FALSE(path_exists(host.layout().nodes() + "/" + node.id()));
  EXPECT_TRUE(path_exists(host.layout().logs(node.id())));
  ASSERT_TRUE(host.run_until([&](const auto& now) { return now.kept_logs_size() == 1; }));
  const link::KeptLogs kept = host.observed().kept_logs(0);
  EXPECT_EQ(kept.node_id(), node.id());
  EXPECT_EQ(kept.cluster_id(), node.cluster_id());
  EXPECT_EQ(kept.name(), node.hostname().substr(0, node.hostname().find('.')));
  ASSERT_EQ(kept.roles_size(), 1);
  EXPECT_EQ(kept.roles(0), "NameNode");
}

TEST(HostKeeper, LeavesNodesAndRolesAloneWhenTheAgentDies) {
  TestHost host;
  link::Node node = host.node(2);
  *node.add_roles() = TestHost::daemon("NameNode", 4008);
  host.keeper().take(host.desired({node}));
  ASSERT_TRUE(
      host.run_until([&](const auto& seen) { return is_ready(seen, node.id(), "NameNode"); }));
  const pid_t container = container_pid(host, node.id());
  const link::NodeStatus before = *find_node(host.observed(), node.id());

  host.stop_keeper();
  ASSERT_EQ(::kill(container, 0), 0);
  host.start_keeper();
  ASSERT_TRUE(
      host.run_until([&](const auto& seen) { return is_ready(seen, node.id(), "NameNode"); }));
  EXPECT_EQ(container_pid(host, node.id()), container);
  const link::NodeStatus after = *find_node(host.observed(), node.id());
  EXPECT_NEAR(after.started_wall_ms(), before.started_wall_ms(), 50);  // the clock is read anew
  EXPECT_EQ(after.roles(0).pid(), before.roles(0).pid());
  EXPECT_EQ(after.roles(0).restarts(), 0U);
}

TEST(HostKeeper, ForgetsWhereARemovedNodeWas) {
  TestHost host;
  link::Node goes = host.node(2);
  *goes.add_roles() = TestHost::daemon("NameNode", 4008);
  const link::Node stays = host.node(3);
  host.keeper().take(host.desired({goes, stays}));
  ASSERT_TRUE(
      host.run_until([&](const auto& seen) { return is_ready(seen, goes.id(), "NameNode"); }));
  const auto is_known = [&] {
    return read_file("/proc/net/arp", 1 << 20)->find(host.address(2) + " ") != std::string::npos;
  };
  ASSERT_TRUE(is_known()) << "it was asked whether it is ready";

  link::Desired desired = host.desired({stays});
  desired.add_removed(goes.id());
  host.keeper().take(desired);
  ASSERT_TRUE(host.run_until([&](const auto& seen) { return seen.removed_size() == 1; }));
  EXPECT_FALSE(is_known());
}

// What the keeper reports of an orphan, once it has looked at it.
std::optional<link::Orphan> orphan_in(const link::Observed& seen, const std::string& id) {
  for (const link::Orphan& orphan : seen.orphan_facts())
    if (orphan.node_id() == id && orphan.disk_bytes() > 0) return orphan;
  return std::nullopt;
}

TEST(HostKeeper, LeavesOrphansAloneSaysWhatTheyAreAndRemovesThoseThatItIsTold) {
  TestHost host;
  const link::Node goes = host.node(2);
  const link::Node stays = host.node(3);
  host.keeper().take(host.desired({goes, stays}));
  ASSERT_TRUE(host.run_until(
      [&](const auto& seen) { return runs(seen, goes.id()) && runs(seen, stays.id()); }));
  const pid_t container = container_pid(host, stays.id());

  host.keeper().take(host.desired({}));
  ASSERT_TRUE(host.run_until(
      [&](const auto& seen) { return orphan_in(seen, goes.id()) && orphan_in(seen, stays.id()); }));
  // An agent that finds them when it starts says the same of them.
  host.stop_keeper();
  host.start_keeper();
  ASSERT_TRUE(host.run_until(
      [&](const auto& seen) { return orphan_in(seen, goes.id()) && orphan_in(seen, stays.id()); }));
  const link::Orphan orphan = *orphan_in(host.observed(), goes.id());
  EXPECT_EQ(orphan.cluster_id(), goes.cluster_id());
  EXPECT_EQ(orphan.name(), goes.hostname().substr(0, goes.hostname().find('.')));
  EXPECT_TRUE(orphan.running());
  EXPECT_EQ(::kill(container, 0), 0);

  link::Desired clean = host.desired({});
  clean.add_removed(goes.id());
  host.keeper().take(clean);
  ASSERT_TRUE(host.run_until([&](const auto& seen) { return seen.removed_size() == 1; }));
  EXPECT_EQ(host.observed().orphans_size(), 1);
  EXPECT_EQ(host.observed().orphans(0), stays.id());
  EXPECT_FALSE(path_exists(host.layout().nodes() + "/" + goes.id()));
  EXPECT_EQ(::kill(container, 0), 0);
}

TEST(HostKeeper, MakesARoleReadItsFilesAgainForEachTagAndInEachLife) {
  TestHost host;
  link::Node node = host.node(2);
  link::Role role = TestHost::daemon("NameNode", 4008);
  role.mutable_reload()->set_tag("a");
  role.mutable_reload()->mutable_hadoop_rpc()->set_port(4008);
  role.mutable_reload()->mutable_hadoop_rpc()->set_method("refreshNodes");
  *node.add_roles() = role;
  const auto has_reloaded = [&](const std::string& tag, std::uint32_t serial) {
    return host.run_until([&](const link::Observed& seen) {
      const link::RoleStatus* status = find_role(seen, node.id(), "NameNode");
      return status != nullptr && status->restart_serial() == serial && status->reloaded() == tag;
    });
  };
  host.keeper().take(host.desired({node}));
  ASSERT_TRUE(has_reloaded("a", 0));

  node.mutable_roles(0)->mutable_reload()->set_tag("b");
  host.keeper().take(host.desired({node}));
  ASSERT_TRUE(has_reloaded("b", 0));

  node.mutable_roles(0)->set_restart_serial(1);
  host.keeper().take(host.desired({node}));
  ASSERT_TRUE(has_reloaded("", 1));
  ASSERT_TRUE(has_reloaded("b", 1));

  node.mutable_roles(0)->clear_reload();
  host.keeper().take(host.desired({node}));
  ASSERT_TRUE(has_reloaded("", 1));
}

// A restart that was asked for is no end of the role's own, and what it said before is not said of
// it any more.
TEST(HostKeeper, RestartsStopsAndStartsARole) {
  TestHost host;
  link::Node node = host.node(2);
  *node.add_roles() = TestHost::daemon("NameNode", 4008);
  host.keeper().take(host.desired({node}));
  ASSERT_TRUE(
      host.run_until([&](const auto& seen) { return is_ready(seen, node.id(), "NameNode"); }));
  const std::uint32_t first = find_role(host.observed(), node.id(), "NameNode")->pid();
  const auto reach = [&](link::RoleStatus::State state, std::uint32_t serial) {
    host.keeper().take(host.desired({node}));
    return host.run_until([&](const link::Observed& seen) {
      const link::RoleStatus* role = find_role(seen, node.id(), "NameNode");
      if (role == nullptr) return false;
      // Never ready in the old life once the new order is known.
      if (role->restart_serial() == 1 && role->state() == link::RoleStatus::READY) {
        EXPECT_NE(role->pid(), first);
      }
      EXPECT_EQ(role->restarts(), 0U);
      return role->state() == state && role->restart_serial() == serial;
    });
  };
  node.mutable_roles(0)->set_restart_serial(1);
  ASSERT_TRUE(reach(link::RoleStatus::READY, 1));
  node.mutable_roles(0)->set_wanted(link::Role::STOPPED);
  ASSERT_TRUE(reach(link::RoleStatus::STOPPED, 1));
  // Held back again, as a DataNode whose NameNode is down: it waits.
  node.mutable_roles(0)->set_wanted(link::Role::HELD);
  ASSERT_TRUE(reach(link::RoleStatus::HELD, 1));
  node.mutable_roles(0)->set_wanted(link::Role::RUNNING);
  node.mutable_roles(0)->set_restart_serial(2);
  ASSERT_TRUE(reach(link::RoleStatus::READY, 2));
}

TEST(HostKeeper, LeavesARoleInMaintenanceDownUntilItIsStarted) {
  TestHost host;
  link::Node node = host.node(2);
  link::Role role = TestHost::daemon("NameNode", 4008);
  role.set_maintenance(true);
  *node.add_roles() = role;
  host.keeper().take(host.desired({node}));
  const auto is_in = [&](link::RoleStatus::State state) {
    return host.run_until([&](const link::Observed& seen) {
      const link::RoleStatus* status = find_role(seen, node.id(), "NameNode");
      return status != nullptr && status->state() == state;
    });
  };
  ASSERT_TRUE(is_in(link::RoleStatus::READY));
  const Result<PinnedFolder> folder =
      PinnedFolder::open(NodeLayout(host.layout(), node.id()).service(), "NameNode");
  ASSERT_TRUE(folder.ok());
  ASSERT_TRUE(command_service(folder->path(), "k").ok());
  ASSERT_TRUE(is_in(link::RoleStatus::DOWN));
  EXPECT_FALSE(read_supervised(folder->path())->wanted_up);
  node.mutable_roles(0)->set_restart_serial(1);
  host.keeper().take(host.desired({node}));
  ASSERT_TRUE(is_in(link::RoleStatus::READY));
  ASSERT_TRUE(command_service(folder->path(), "k").ok());
  ASSERT_TRUE(is_in(link::RoleStatus::DOWN));
  node.mutable_roles(0)->set_maintenance(false);
  host.keeper().take(host.desired({node}));
  ASSERT_TRUE(is_in(link::RoleStatus::READY));
}

// A server that was restored from an older copy must not take nodes away.
TEST(HostKeeper, RefusesAnOlderGenerationEvenAfterItsOwnEnd) {
  TestHost host;
  const link::Node node = host.node(2);
  link::Desired older = host.desired({});
  older.add_removed(node.id());
  host.keeper().take(host.desired({node}));
  host.keeper().take(older);  // while the newer one is being saved
  ASSERT_TRUE(host.run_until([&](const auto& seen) { return runs(seen, node.id()); }));
  const pid_t container = container_pid(host, node.id());
  host.keeper().take(older);
  EXPECT_EQ(host.observed().seen().commit(), 2U);

  host.stop_keeper();
  host.start_keeper();
  host.keeper().take(older);
  host.keeper().take(host.desired({node}));
  ASSERT_TRUE(host.run_until([&](const auto& seen) { return seen.seen().commit() == 3; }));
  ASSERT_TRUE(host.run_until([&](const auto& seen) { return runs(seen, node.id()); }));
  EXPECT_EQ(container_pid(host, node.id()), container);
}

std::map<std::string, std::string> content_of(const std::string& folder) {
  std::map<std::string, std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().string();
    const auto mode = static_cast<unsigned>(entry.symlink_status().permissions());
    found[path] = fmt::format("{:o} ", mode) + (entry.is_regular_file() ? *read_file(path) : "");
  }
  return found;
}

// Root in a node may put what it likes on its disk. The agent is root on the host.
TEST(HostKeeper, TouchesNothingBehindALinkThatANodePutInPlaceOfItsTasks) {
  TestHost host;
  link::Node node = host.node(2);
  host.keeper().take(host.desired({node}));
  ASSERT_TRUE(host.run_until([&](const auto& seen) { return runs(seen, node.id()); }));

  const std::string precious = host.data() + "/precious";
  std::filesystem::create_directories(precious + "/t-1");
  ASSERT_TRUE(write_file_atomic(precious + "/file", "kept", 0640).ok());
  ASSERT_TRUE(write_file_atomic(precious + "/t-1/log", "kept", 0640).ok());
  const auto before = content_of(precious);
  const std::string tasks = NodeLayout(host.layout(), node.id()).disk_mount("1") + "/.tusker/tasks";
  ASSERT_TRUE(path_exists(tasks));
  std::filesystem::rename(tasks, tasks + "-moved");
  std::filesystem::create_directory_symlink(precious, tasks);

  const std::string files = find_node(host.observed(), node.id())->files_digest();
  node.mutable_files(0)->set_content("127.0.0.1 localhost changed\n");
  host.keeper().take(host.desired({node}));
  ASSERT_TRUE(host.run_until([&](const auto& seen) {
    return runs(seen, node.id()) && find_node(seen, node.id())->files_digest() != files;
  }));
  EXPECT_EQ(content_of(precious), before) << "what is kept of old tasks goes, but not this";

  link::Task& task = *node.add_tasks();
  task.set_id("t-1");
  task.add_argv("/bin/id");
  host.keeper().take(host.desired({node}));
  ASSERT_TRUE(host.run_until([&](const auto& seen) {
    return find_node(seen, node.id())->state() == link::NodeStatus::FAILED;
  }));
  const link::NodeStatus failed = *find_node(host.observed(), node.id());
  EXPECT_EQ(failed.failure().what(), "start tasks");
  EXPECT_NE(failed.failure().message().find("is a link"), std::string::npos)
      << failed.failure().message();
  EXPECT_EQ(content_of(precious), before);
  EXPECT_EQ(find_task(host.observed(), node.id(), "t-1"), nullptr) << "its log is not read either";
}

// A step of a job is somebody's own program: on a master it would else be as dear as the NameNode.
TEST(HostKeeper, HasAStepOfAJobEndBeforeAnyRoleWhenMemoryRunsOut) {
  TestHost host;
  link::Node node = host.node(2);
  link::Task& task = *node.add_tasks();
  task.set_id("t-1");
  for (const char* word : {"/bin/sh", "-c", "cat /proc/self/oom_score_adj >&3; sleep 1000"})
    task.add_argv(word);
  host.keeper().take(host.desired({node}));
  ASSERT_TRUE(host.run_until([&](const auto& seen) {
    const link::TaskStatus* status = find_task(seen, node.id(), "t-1");
    return status != nullptr && status->notes_size() > 0;
  }));
  EXPECT_EQ(find_task(host.observed(), node.id(), "t-1")->notes(0), "500");
}

TEST(HostKeeper, StartsNoRoleBeforeTheTasksThatComeFirstInEachLifeOfTheContainer) {
  TestHost host;
  link::Node node = host.node(2);
  *node.add_roles() = TestHost::daemon("NameNode", 4008);
  link::Task& task = *node.add_tasks();
  task.set_id("first");
  task.set_before_roles(true);
  for (const char* word :
       {"/bin/sh", "-c", "echo run >>/data/1/runs; until [ -e /data/1/go ]; do sleep 0.1; done"})
    task.add_argv(word);
  host.keeper().take(host.desired({node}));
  const std::string disk = NodeLayout(host.layout(), node.id()).disk_mount("1");
  const auto is_held = [&](const link::Observed& seen, const std::string& runs) {
    const link::RoleStatus* const role = find_role(seen, node.id(), "NameNode");
    const Result<std::string> told = read_file(disk + "/runs");
    return role != nullptr && role->state() == link::RoleStatus::HELD && told.ok() && *told == runs;
  };
  ASSERT_TRUE(host.run_until([&](const auto& seen) {
    return is_held(seen, "run\n") &&
           find_role(seen, node.id(), "NameNode")->not_ready() == "waits for the end of task-first";
  }));
  ASSERT_TRUE(write_file_atomic(disk + "/go", "", 0644).ok());
  ASSERT_TRUE(
      host.run_until([&](const auto& seen) { return is_ready(seen, node.id(), "NameNode"); }));

  std::filesystem::remove(disk + "/go");
  ASSERT_EQ(::kill(container_pid(host, node.id()), SIGKILL), 0);
  ASSERT_TRUE(host.run_until([&](const auto& seen) { return is_held(seen, "run\nrun\n"); }));
  ASSERT_TRUE(write_file_atomic(disk + "/go", "", 0644).ok());
  ASSERT_TRUE(
      host.run_until([&](const auto& seen) { return is_ready(seen, node.id(), "NameNode"); }));
}

TEST(HostKeeper, KeepsRolesFromStartingAfterATaskThatFailedAndSaysSo) {
  TestHost host;
  link::Node node = host.node(2);
  *node.add_roles() = TestHost::daemon("NameNode", 4008);
  link::Task& task = *node.add_tasks();
  task.set_id("first");
  task.set_before_roles(true);
  for (const char* word : {"/bin/sh", "-c", "exit 3"}) task.add_argv(word);
  host.keeper().take(host.desired({node}));
  ASSERT_TRUE(host.run_until([&](const auto& seen) {
    const link::RoleStatus* const role = find_role(seen, node.id(), "NameNode");
    return role != nullptr && role->state() == link::RoleStatus::HELD &&
           role->not_ready() == "task-first ended with exit code 3";
  }));
}

}  // namespace
}  // namespace tusker
