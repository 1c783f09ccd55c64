#include "agent/testing/test_host.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <sstream>

#include "agent/cgroups.h"
#include "agent/mounts.h"
#include "agent/purge.h"
#include "agent/testing/test_image.h"
#include "base/file.h"
#include "base/ids.h"
#include "base/random.h"
#include "base/testing/temporary_folder.h"

namespace tusker {
namespace {

// One image for all tests of a program, below a folder that goes with it.
struct SharedImage {
  SharedImage() {
    SystemProcessRunner runner;
    Result<std::string> made = make_test_image(temporary.path(), runner);
    TK_CHECK(made.ok(), "test image: {}", made.error().message());
    digest = *made;
  }
  const TemporaryFolder temporary;
  std::string digest;
};

const SharedImage& shared_image() {
  static const SharedImage image;
  return image;
}

}  // namespace

Status FolderBlobs::fetch(const std::string& digest,
                          int file,
                          const std::function<void(std::uint64_t)>& progress) {
  const UniqueFd source(::open((folder_ + "/" + digest).c_str(), O_RDONLY | O_CLOEXEC));
  if (!source) return Error::from_errno(errno, digest);
  std::uint64_t done = 0;
  for (;;) {
    const ssize_t n = ::sendfile(file, source.get(), nullptr, 1 << 20);
    if (n < 0) return Error::from_errno(errno, digest);
    if (n == 0) return ok_status();
    progress(done += static_cast<std::uint64_t>(n));
  }
}

TestHost::TestHost() {
  TK_CHECK(::geteuid() == 0, "tests labelled root want root");
  char path[] = "/tmp/tk-agent-XXXXXX";
  data_ = ::mkdtemp(path);
  run_folder_ = data_ + "/run";
  Result<HostLayout> layout = HostLayout::make(data_, run_folder_, random_.uuid());
  TK_CHECK(layout.ok(), "{}", layout.error().message());
  layout_ = *std::move(layout);
  (void)ensure_directory(layout_.folder, 0700);
  // What purge finds an agent by.
  TK_CHECK(write_file_atomic(
               layout_.folder + "/agent.json", "{\"host_id\":\"" + layout_.host_id + "\"}", 0600)
               .ok(),
           "agent.json");
  blobs_ = std::make_unique<FolderBlobs>(shared_image().temporary.path());
  start_keeper();
}

TestHost::~TestHost() {
  stop_keeper();
  const Status purged = purge_agent(data_, run_folder_, runner_, [](std::string_view) {});
  EXPECT_TRUE(purged.ok()) << purged.error().message();
  EXPECT_EQ(traces(), std::vector<std::string>());
  (void)remove_tree(data_);
}

void TestHost::start_keeper() {
  keeper_ = std::make_unique<HostKeeper>(
      HostKeeper::Parts{loop_, layout_, *blobs_, runner_, random_, Log::none(), "test"}, [] {});
  const Status started = keeper_->start();
  TK_CHECK(started.ok(), "{}", started.error().message());
}

void TestHost::stop_keeper() {
  keeper_.reset();
}

// 198.18.0.0/15 is for benchmarks (RFC 2544): no machine routes it.
std::string TestHost::address(int last) const {
  const unsigned seed = static_cast<unsigned>(std::stoul(layout_.tag, nullptr, 16));
  return fmt::format("198.{}.{}.{}", 18 + (seed & 1), (seed >> 1) & 255, last);
}

link::Node TestHost::node(int last) const {
  SystemRandom random;
  link::Node node;
  node.set_id(make_node_id(random).text());
  node.set_cluster_id("emr-00000000");
  node.set_hostname(fmt::format("core-{}.emr-00000000.tusker.internal", last));
  node.set_address(address(last));
  node.mutable_limits()->set_memory_bytes(256 << 20);
  node.mutable_limits()->set_cpu_shares(512);
  node.mutable_limits()->set_pids(200);
  node.mutable_limits()->set_nofile(4096);
  node.set_image(shared_image().digest);
  link::Disk& disk = *node.add_disks();
  disk.set_name("1");
  disk.set_bytes(64 << 20);
  link::File& file = *node.add_files();
  file.set_path("hosts");
  file.set_content("127.0.0.1 localhost\n");
  return node;
}

link::Role TestHost::daemon(const std::string& name, std::uint32_t port) {
  link::Role role;
  role.set_name(name);
  role.set_wanted(link::Role::RUNNING);
  role.set_user("hadoop");
  role.add_argv("/bin/test_daemon");
  role.add_argv(std::to_string(port));
  role.set_stop_grace_ms(2000);
  link::Probe& probe = *role.add_probes();
  probe.mutable_jmx()->set_port(port);
  probe.mutable_jmx()->set_bean("Hadoop:service=Test,name=State");
  probe.mutable_jmx()->add_attributes("FSState");
  probe.set_starting_interval_ms(50);
  probe.set_interval_ms(200);
  probe.add_ready()->set_fact("FSState");
  probe.mutable_ready(0)->set_equals("Operational");
  return role;
}

link::Desired TestHost::desired(const std::vector<link::Node>& nodes) {
  link::Desired desired;
  desired.mutable_generation()->set_epoch(1);
  desired.mutable_generation()->set_commit(++commit_);
  desired.set_subnet(address(0) + "/26");
  link::Artifact& image = *desired.add_artifacts();
  image.set_digest(shared_image().digest);
  image.set_kind(link::Artifact::SQUASHFS);
  for (const link::Node& node : nodes) *desired.add_nodes() = node;
  return desired;
}

bool TestHost::run_until(const std::function<bool(const link::Observed&)>& condition) {
  const bool held =
      loop_.run_until([&] { return condition(keeper_->observed()); }, std::chrono::seconds(20));
  if (!held) std::cerr << keeper_->observed().DebugString();
  return held;
}

std::vector<std::string> TestHost::traces() {
  std::vector<std::string> found;
  const Result<MountTable> mounts = MountTable::read();
  for (const MountTable::Entry& entry : mounts->entries()) {
    if (entry.point.starts_with(data_ + "/")) found.push_back("mount " + entry.point);
  }
  for (const auto& entry : std::filesystem::directory_iterator("/sys/class/net")) {
    if (entry.path().filename() == layout_.bridge())
      found.push_back("interface " + entry.path().string());
  }
  for (const std::string& folder : cgroup_folders(layout_.cgroup()))
    found.push_back("cgroup " + folder);
  for (const auto& entry : std::filesystem::directory_iterator("/sys/block")) {
    const Result<std::string> backing =
        read_file(entry.path().string() + "/loop/backing_file", 8192);
    if (backing.ok() && backing->starts_with(data_)) found.push_back("loop device of " + *backing);
  }
  const Result<Finished> rules = runner_.run({.argv = {"nft", "list", "ruleset"}});
  if (rules.ok() && rules->output.find(layout_.tag) != std::string::npos)
    found.push_back("firewall rules");
  if (keeper_ == nullptr && path_exists(layout_.folder))
    found.push_back("files in " + layout_.folder);
  return found;
}

const link::NodeStatus* find_node(const link::Observed& observed, const std::string& id) {
  for (const link::NodeStatus& node : observed.nodes()) {
    if (node.id() == id) return &node;
  }
  return nullptr;
}

const link::RoleStatus* find_role(const link::Observed& observed,
                                  const std::string& id,
                                  const std::string& role) {
  const link::NodeStatus* node = find_node(observed, id);
  if (node == nullptr) return nullptr;
  for (const link::RoleStatus& status : node->roles()) {
    if (status.name() == role) return &status;
  }
  return nullptr;
}

const link::TaskStatus* find_task(const link::Observed& observed,
                                  const std::string& id,
                                  const std::string& task) {
  const link::NodeStatus* node = find_node(observed, id);
  if (node == nullptr) return nullptr;
  for (const link::TaskStatus& status : node->tasks()) {
    if (status.id() == task) return &status;
  }
  return nullptr;
}

bool is_ready(const link::Observed& observed, const std::string& id, const std::string& role) {
  const link::RoleStatus* status = find_role(observed, id, role);
  return status != nullptr && status->state() == link::RoleStatus::READY;
}

bool runs(const link::Observed& observed, const std::string& id) {
  const link::NodeStatus* node = find_node(observed, id);
  return node != nullptr && node->state() == link::NodeStatus::RUNNING;
}

pid_t container_pid(TestHost& host, const std::string& id) {
  const Result<HostKeeper::Running> running = host.keeper().running(id);
  return running.ok() ? running->container->pid : 0;
}

}  // namespace tusker
