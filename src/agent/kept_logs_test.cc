#include "agent/kept_logs.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <ctime>

#include "base/file.h"
#include "base/testing/temporary_folder.h"

namespace tusker {
namespace {

constexpr const char* kNode = "emr-vm-aaaaaaaa";

class KeptLogs : public ::testing::Test {
 protected:
  KeptLogs() {
    host_.folder = temporary_.path();
    EXPECT_TRUE(ensure_directory(folder(), 0755).ok());
  }

  std::string folder() const { return host_.folder + "/logs"; }
  void write_log(const std::string& id, const std::string& role) {
    ASSERT_TRUE(ensure_directory(host_.logs(id), 0755).ok());
    ASSERT_TRUE(ensure_directory(host_.logs(id) + "/" + role, 0755).ok());
    ASSERT_TRUE(write_file_atomic(host_.logs(id) + "/" + role + "/current", "line\n", 0644).ok());
  }
  void remember(const std::string& id) {
    link::Node node;
    node.set_id(id);
    node.set_cluster_id("emr-aaaaaaaa");
    node.set_hostname("core-1.emr-aaaaaaaa.tusker.internal");
    ASSERT_TRUE(remember_owner(host_, node).ok());
  }
  static WallTime in_days(int days) {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return WallTime{(static_cast<std::int64_t>(now.tv_sec) + days * 24 * 3600) * 1000};
  }

  const TemporaryFolder temporary_;
  HostLayout host_;
};

TEST_F(KeptLogs, AreListedWithTheirOwnerOnceTheNodeIsGone) {
  write_log(kNode, "DataNode");
  write_log(kNode, "NodeManager");
  remember(kNode);
  EXPECT_TRUE(list_kept_logs(folder(), {kNode}).empty());
  const std::vector<link::KeptLogs> kept = list_kept_logs(folder(), {});
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].node_id(), kNode);
  EXPECT_EQ(kept[0].cluster_id(), "emr-aaaaaaaa");
  EXPECT_EQ(kept[0].name(), "core-1");
  ASSERT_EQ(kept[0].roles_size(), 2);
  EXPECT_EQ(kept[0].roles(0), "DataNode");
}

TEST_F(KeptLogs, OfNobodyAreNotListed) {
  write_log(kNode, "DataNode");
  EXPECT_TRUE(list_kept_logs(folder(), {}).empty());
  ASSERT_TRUE(write_file_atomic(host_.logs(kNode) + ".owner", "\xff\xff", 0600).ok());
  EXPECT_TRUE(list_kept_logs(folder(), {}).empty());
}

TEST_F(KeptLogs, NameOnlyFoldersThatCanBeARoles) {
  write_log(kNode, "DataNode");
  remember(kNode);
  ASSERT_EQ(::symlink("/etc", (host_.logs(kNode) + "/Linked").c_str()), 0);
  ASSERT_TRUE(ensure_directory(host_.logs(kNode) + "/..odd", 0755).ok());
  ASSERT_TRUE(write_file_atomic(host_.logs(kNode) + "/File", "", 0644).ok());
  const std::vector<link::KeptLogs> kept = list_kept_logs(folder(), {});
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].roles_size(), 1);
}

TEST_F(KeptLogs, GoAfterAWeekWithTheirOwnerUnlessTheNodeLives) {
  write_log(kNode, "DataNode");
  remember(kNode);
  ASSERT_TRUE(prune_kept_logs(folder(), {kNode}, in_days(8)).ok());
  ASSERT_TRUE(prune_kept_logs(folder(), {}, in_days(6)).ok());
  EXPECT_TRUE(path_exists(host_.logs(kNode) + "/DataNode/current"));
  EXPECT_TRUE(path_exists(host_.logs(kNode) + ".owner"));
  ASSERT_TRUE(prune_kept_logs(folder(), {}, in_days(8)).ok());
  EXPECT_FALSE(path_exists(host_.logs(kNode)));
  EXPECT_FALSE(path_exists(host_.logs(kNode) + ".owner"));
}

}  // namespace
}  // namespace tusker
