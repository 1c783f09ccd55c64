#include "bundle/tree.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/testing/temporary_folder.h"
#include "bundle/workspace.h"

namespace tusker {
namespace {

TEST(Tree, NeverFollowsALinkOutOfIt) {
  const TemporaryFolder folder;
  const std::string outside = folder.path() + "/outside";
  ASSERT_TRUE(ensure_directory(outside, 0755).ok());
  ASSERT_TRUE(ensure_directory(folder.path() + "/root/usr/bin", 0755).ok());
  ASSERT_TRUE(write_file_atomic(outside + "/kept", "kept", 0644).ok());
  const Tree tree(folder.path() + "/root");
  ASSERT_TRUE(tree.link("/etc", outside).ok());
  ASSERT_TRUE(tree.link("/bin", "usr/bin").ok());

  EXPECT_EQ(tree.write("/etc/kept", {"changed", 0644}).error().code(),
            ErrorCode::FailedPrecondition);
  EXPECT_EQ(tree.append("/etc/kept", "changed").error().code(), ErrorCode::FailedPrecondition);
  EXPECT_EQ(tree.remove_matching("/etc/*").error().code(), ErrorCode::FailedPrecondition);
  EXPECT_EQ(tree.read("/etc/kept").error().code(), ErrorCode::FailedPrecondition);
  EXPECT_EQ(*read_file(outside + "/kept"), "kept");

  EXPECT_TRUE(tree.write("/bin/tool", {"inside", 0755}).ok());
  EXPECT_EQ(*read_file(folder.path() + "/root/usr/bin/tool"), "inside");
  EXPECT_TRUE(tree.remove_matching("/usr/b*/t*").ok());
  EXPECT_FALSE(path_exists(folder.path() + "/root/usr/bin/tool"));
  EXPECT_TRUE(tree.remove_matching("/etc").ok());  // the link itself, not what it leads to
  EXPECT_TRUE(path_exists(outside + "/kept"));
}

TEST(Tree, ReplacesALinkRatherThanWritingThroughIt) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_file_atomic(folder.path() + "/outside", "kept", 0644).ok());
  ASSERT_TRUE(ensure_directory(folder.path() + "/root", 0755).ok());
  const Tree tree(folder.path() + "/root");
  ASSERT_TRUE(tree.link("hosts", folder.path() + "/outside").ok());
  ASSERT_TRUE(tree.write("hosts", {"new", 0600}).ok());
  EXPECT_EQ(*read_file(folder.path() + "/outside"), "kept");
  EXPECT_EQ(*tree.read("hosts"), "new");
}

TEST(Workspace, BelongsToOneBuildAtATime) {
  const TemporaryFolder folder;
  {
    const auto first = Workspace::open(folder.path(), "");
    ASSERT_TRUE(first.ok()) << first.error().message();
    const auto second = Workspace::open(folder.path(), "");
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code(), ErrorCode::Busy);
  }
  EXPECT_TRUE(Workspace::open(folder.path(), "").ok());
}

TEST(Workspace, RemovesWhatAKilledBuildLeft) {
  const TemporaryFolder folder;
  ASSERT_TRUE(ensure_directory(folder.path() + "/.work/scratch-abc/root", 0755).ok());
  ASSERT_TRUE(ensure_directory(folder.path() + "/.work/cache-debian", 0755).ok());
  ASSERT_TRUE(write_file_atomic(folder.path() + "/.incoming", "half", 0600).ok());
  const auto workspace = Workspace::open(folder.path(), "");
  ASSERT_TRUE(workspace.ok());
  EXPECT_FALSE(path_exists(folder.path() + "/.work/scratch-abc"));
  EXPECT_FALSE(path_exists(folder.path() + "/.incoming"));
  EXPECT_TRUE(path_exists(folder.path() + "/.work/cache-debian"));
  {
    const auto scratch = workspace->scratch();
    ASSERT_TRUE(scratch.ok());
    ASSERT_TRUE(ensure_directory(scratch->in("root"), 0755).ok());
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path() + "/.work"), {}), 1);
}

}  // namespace
}  // namespace tusker
