#include "agent/host_layout.h"

#include <gtest/gtest.h>

#include <vector>

namespace tusker {
namespace {

constexpr std::string_view kId = "1a2b3c4d-0000-4000-8000-000000000000";

void expect_refused(const std::string& data,
                    const std::string& run,
                    std::string_view id,
                    const std::string& named) {
  const Result<HostLayout> layout = HostLayout::make(data, run, id);
  ASSERT_FALSE(layout.ok()) << data << " " << run << " " << id;
  EXPECT_EQ(layout.error().code(), ErrorCode::InvalidArgument);
  EXPECT_NE(layout.error().message().find(named), std::string::npos) << layout.error().message();
}

TEST(HostLayout, TakesFoldersThatMountOptionsCanCarry) {
  for (const char* folder : {"/var/lib/tusker", "/srv/a_b+c@d-1.0", "/d"}) {
    EXPECT_TRUE(HostLayout::make(folder, folder, kId).ok()) << folder;
  }
}

TEST(HostLayout, RefusesOtherFoldersByName) {
  for (const std::string& folder : {std::string(),
                                    std::string("/"),
                                    std::string("data"),
                                    std::string("./data"),
                                    std::string("/a b"),
                                    std::string("/a,b"),
                                    std::string("/a:b"),
                                    std::string("/a\\b"),
                                    std::string("/a\nb"),
                                    std::string("/a/../b"),
                                    std::string("/.."),
                                    std::string("/ä"),
                                    std::string("/a\0b", 4)}) {
    expect_refused(folder, "/run/tusker", kId, "data folder");
    expect_refused("/var/lib/tusker", folder, kId, "run folder");
  }
}

TEST(HostLayout, RefusesAHostIdThatIsNoUuid) {
  for (const char* id : {"",
                         "1a2b3c4d",
                         "../../../../../../../../../../../etc",
                         "1A2B3C4D-0000-4000-8000-000000000000",
                         "1a2b3c4d-0000-4000-8000-0000000000000",
                         "1a2b3c4d/0000-4000-8000-000000000000"}) {
    expect_refused("/var/lib/tusker", "/run/tusker", id, "host id");
  }
}

// Everything outside of the data folder that one agent makes; another's must not be among it.
std::vector<std::string> shared_names(const HostLayout& host) {
  const NodeLayout node(host, "emr-vm-00000001");
  return {host.run,
          host.bridge(),
          host.firewall_table(),
          host.firewall_comment(),
          node.run,
          host.cgroup(),
          host.runc_root(),
          node.cgroup,
          node.network(),
          node.service(),
          node.secrets()};
}

TEST(HostLayout, SharesNoNameWithAnotherAgent) {
  const HostLayout a = *HostLayout::make("/a", "/run/tusker", kId);
  const HostLayout b =
      *HostLayout::make("/b", "/run/tusker", "5e6f7a8b-0000-4000-8000-000000000000");
  const std::vector<std::string> of_a = shared_names(a);
  const std::vector<std::string> of_b = shared_names(b);
  for (std::size_t i = 0; i < of_a.size(); ++i) {
    EXPECT_NE(of_a[i], of_b[i]);
    EXPECT_NE(of_a[i].find(a.tag), std::string::npos) << of_a[i];
  }
  EXPECT_LE(a.bridge().size(), 15U) << "of the kernel, for an interface's name";
}

TEST(HostLayout, KeepsLogsOfANodeApartFromTheNode) {
  const HostLayout host = *HostLayout::make("/data", "/run/tusker", kId);
  const NodeLayout node(host, "emr-vm-00000001");
  EXPECT_EQ(node.folder, "/data/agent/nodes/emr-vm-00000001");
  EXPECT_EQ(node.logs, "/data/agent/logs/emr-vm-00000001");
  EXPECT_EQ(node.disk_mount("1"), node.folder + "/data/1");
  EXPECT_EQ(node.disk_image("1"), node.folder + "/disks/1.img");
}

TEST(HostLayout, NamesBlobsByTheirDigest) {
  const HostLayout host = *HostLayout::make("/data", "/run/tusker", kId);
  const std::string hex(64, 'a');
  EXPECT_EQ(host.blob("sha256:" + hex), "/data/agent/blobs/" + hex);
  EXPECT_EQ(host.artifact_mount("sha256:" + hex), "/data/agent/mounts/" + hex);
  EXPECT_DEATH(static_cast<void>(host.blob("sha256:../../etc/passwd")), "is no digest");
}

}  // namespace
}  // namespace tusker
