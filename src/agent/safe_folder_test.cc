#include "agent/safe_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "base/testing/temporary_folder.h"

namespace tusker {
namespace {

TEST(SafeRelative, IsAPathThatStaysBelowItsRoot) {
  for (const std::string& path : {std::string("a"),
                                  std::string("a/b/c"),
                                  std::string(".hidden"),
                                  std::string("..."),
                                  std::string("two words"),
                                  std::string("a..b"),
                                  std::string("ä"),
                                  std::string(255, 'x')}) {
    EXPECT_TRUE(is_safe_relative(path)) << path;
  }
}

TEST(SafeRelative, IsNothingElse) {
  for (const std::string& path : {std::string(),
                                  std::string("/"),
                                  std::string("/a"),
                                  std::string("a//b"),
                                  std::string("a/"),
                                  std::string("."),
                                  std::string(".."),
                                  std::string("./a"),
                                  std::string("a/./b"),
                                  std::string("a/../b"),
                                  std::string("a/.."),
                                  std::string("../a"),
                                  std::string("a\nb"),
                                  std::string("a\x7f"),
                                  std::string("a\0b", 3),
                                  std::string(256, 'x')}) {
    EXPECT_FALSE(is_safe_relative(path)) << path;
  }
  std::string deep = "a";
  while (deep.size() <= 1024) deep += "/a";
  EXPECT_FALSE(is_safe_relative(deep));
}

TEST(SafeRelative, HasParts) {
  EXPECT_EQ(parts_of("a/bc/d"), (std::vector<std::string>{"a", "bc", "d"}));
  EXPECT_EQ(parts_of("a"), (std::vector<std::string>{"a"}));
}

// Two folders side by side: the root, where links may stand, and another one that they lead to.
class SafeFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(root() + "/a/b");
    std::filesystem::create_directories(other() + "/b");
    ASSERT_TRUE(write_file_atomic(other() + "/kept", "precious", 0600).ok());
    before_ = content_of(other());
  }
  void TearDown() override {
    EXPECT_EQ(content_of(other()), before_) << "something behind a link was touched";
  }

  std::string root() const { return folder_ + "/root"; }
  std::string other() const { return folder_ + "/other"; }

  // Paths below a folder, with mode and content.
  static std::map<std::string, std::string> content_of(const std::string& folder) {
    std::map<std::string, std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      const std::string path = entry.path().string();
      const auto mode = static_cast<unsigned>(entry.symlink_status().permissions());
      found[path] = fmt::format("{:o} ", mode) + (entry.is_regular_file() ? *read_file(path) : "");
    }
    return found;
  }

  const TemporaryFolder temporary_;
  const std::string folder_ = temporary_.path();
  std::map<std::string, std::string> before_;
};

TEST_F(SafeFolderTest, OpensWhatIsThere) {
  EXPECT_TRUE(open_folder_below(root(), "a/b").ok());
  EXPECT_TRUE(open_folder_below(root(), "").ok()) << "the root itself";
  EXPECT_EQ(open_folder_below(root(), "a/absent").error().code(), ErrorCode::NotFound);
  EXPECT_EQ(open_folder_below(root() + "/absent", "a").error().code(), ErrorCode::NotFound);
  EXPECT_FALSE(path_exists(root() + "/a/absent"));
}

TEST_F(SafeFolderTest, MakesWhatIsMissing) {
  const mode_t mask = ::umask(0022);
  ASSERT_TRUE(make_folder_below(root(), "a/c/d").ok());
  ::umask(mask);
  struct stat info {};
  ASSERT_EQ(::lstat((root() + "/a/c/d").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0755U);
  EXPECT_TRUE(make_folder_below(root(), "a/c/d").ok()) << "there is there";
}

TEST_F(SafeFolderTest, RefusesAFileOnTheWay) {
  ASSERT_TRUE(write_file_atomic(root() + "/f", "", 0600).ok());
  EXPECT_EQ(open_folder_below(root(), "f").error().code(), ErrorCode::FailedPrecondition);
  EXPECT_EQ(make_folder_below(root(), "f/b").error().code(), ErrorCode::FailedPrecondition);
}

TEST_F(SafeFolderTest, FollowsALinkNeitherAtTheEndNorOnTheWay) {
  std::filesystem::create_symlink(other(), root() + "/link");
  std::filesystem::create_symlink("../other", root() + "/relative");
  for (const std::string path : {"link", "link/b", "relative", "relative/b"}) {
    EXPECT_EQ(open_folder_below(root(), path).error().code(), ErrorCode::FailedPrecondition)
        << path;
    EXPECT_EQ(make_folder_below(root(), path).error().code(), ErrorCode::FailedPrecondition)
        << path;
    EXPECT_FALSE(PinnedFolder::open(root(), path).ok()) << path;
    EXPECT_FALSE(PinnedFolder::make(root(), path + "/new").ok()) << path;
  }
}

TEST_F(SafeFolderTest, MakesNothingBehindALinkThatLeadsNowhere) {
  std::filesystem::create_symlink(other() + "/new", root() + "/link");
  EXPECT_FALSE(make_folder_below(root(), "link").ok());
  EXPECT_FALSE(make_folder_below(root(), "link/b").ok());
}

TEST_F(SafeFolderTest, ReadsAFileAndNothingThatANodePutInItsPlace) {
  ASSERT_TRUE(write_file_atomic(root() + "/f", "text", 0600).ok());
  EXPECT_EQ(*read_node_file(root() + "/f", 100), "text");
  EXPECT_EQ(read_node_file(root() + "/f", 3).error().code(), ErrorCode::ResourceExhausted);
  EXPECT_EQ(read_node_file(root() + "/absent", 100).error().code(), ErrorCode::NotFound);
  std::filesystem::create_symlink(other() + "/kept", root() + "/link");
  ASSERT_EQ(::mkfifo((root() + "/fifo").c_str(), 0600), 0);
  for (const std::string name : {"/link", "/fifo", "/a"}) {
    EXPECT_EQ(read_node_file(root() + name, 100).error().code(), ErrorCode::FailedPrecondition)
        << name;
  }
}

TEST_F(SafeFolderTest, APinnedFolderStaysTheSameWhenALinkTakesItsName) {
  const Result<PinnedFolder> pinned = PinnedFolder::open(root(), "a/b");
  ASSERT_TRUE(pinned.ok());
  std::filesystem::rename(root() + "/a", root() + "/moved");
  std::filesystem::create_symlink(other(), root() + "/a");

  ASSERT_TRUE(write_file_atomic(pinned->file("f"), "x", 0600).ok());
  ASSERT_TRUE(make_folder_below(pinned->path(), "c/d").ok()) << "a pinned folder is a root itself";
  EXPECT_EQ(*read_file(root() + "/moved/b/f"), "x");
  EXPECT_TRUE(path_exists(root() + "/moved/b/c/d"));
  ASSERT_TRUE(remove_tree(pinned->file("c")).ok());
  EXPECT_FALSE(path_exists(root() + "/moved/b/c"));

  EXPECT_EQ(PinnedFolder::open(root(), "a/b").error().code(), ErrorCode::FailedPrecondition);
  EXPECT_EQ(PinnedFolder::make(root(), "a/b").error().code(), ErrorCode::FailedPrecondition);
}

}  // namespace
}  // namespace tusker
