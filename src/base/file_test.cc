#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/testing/temporary_folder.h"

namespace tusker {
namespace {

class FileTest : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  static mode_t mode_of(const std::string& name) {
    struct stat info {};
    EXPECT_EQ(::lstat(name.c_str(), &info), 0) << name;
    return info.st_mode & 07777;
  }

  const TemporaryFolder temporary_;
  const std::string folder_ = temporary_.path();
};

TEST_F(FileTest, IsWrittenWholeWithItsMode) {
  ASSERT_TRUE(write_file_atomic(path("a"), "one", 0644).ok());
  ASSERT_TRUE(write_file_atomic(path("a"), "two", 0600).ok());
  EXPECT_EQ(*read_file(path("a")), "two");
  EXPECT_EQ(mode_of(path("a")), 0600U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1)
      << "no temporary file is left";
}

TEST_F(FileTest, IsUntouchedWhenWritingFails) {
  ASSERT_TRUE(ensure_directory(path("d"), 0700).ok());
  EXPECT_FALSE(write_file_atomic(path("d"), "x", 0600).ok())
      << "a directory cannot be replaced by a file";
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1)
      << "no temporary file is left";
  EXPECT_EQ(write_file_atomic(path("absent/a"), "x", 0600).error().code(), ErrorCode::NotFound);
}

TEST_F(FileTest, IsReadUpToALimit) {
  ASSERT_TRUE(write_file_atomic(path("a"), std::string(100, 'x'), 0600).ok());
  EXPECT_EQ(read_file(path("a"), 100)->size(), 100U);
  EXPECT_EQ(read_file(path("a"), 99).error().code(), ErrorCode::ResourceExhausted);
  const auto absent = read_file(path("absent"));
  EXPECT_EQ(absent.error().code(), ErrorCode::NotFound);
  EXPECT_NE(absent.error().message().find(path("absent")), std::string::npos);
}

TEST_F(FileTest, DirectoriesGetTheirExactModeAndParents) {
  ASSERT_TRUE(ensure_directory(path("a/b"), 0700).ok());
  EXPECT_EQ(mode_of(path("a/b")), 0700U);
  ASSERT_TRUE(ensure_directory(path("a/b"), 0755).ok());
  EXPECT_EQ(mode_of(path("a/b")), 0755U);
  ASSERT_TRUE(write_file_atomic(path("f"), "", 0600).ok());
  EXPECT_FALSE(ensure_directory(path("f"), 0700).ok());
}

TEST_F(FileTest, ADirectoryIsNotALink) {
  ASSERT_TRUE(ensure_directory(path("a"), 0755).ok());
  std::filesystem::create_symlink(path("a"), path("link"));
  EXPECT_FALSE(ensure_directory(path("link"), 0700).ok());
  EXPECT_EQ(mode_of(path("a")), 0755U);
}

TEST_F(FileTest, RemovesATreeButNothingBehindItsLinks) {
  ASSERT_TRUE(ensure_directory(path("tree/a/b"), 0755).ok());
  ASSERT_TRUE(ensure_directory(path("kept"), 0755).ok());
  ASSERT_TRUE(write_file_atomic(path("kept/f"), "x", 0600).ok());
  ASSERT_TRUE(write_file_atomic(path("tree/a/f"), "x", 0400).ok());
  std::filesystem::create_symlink(path("kept"), path("tree/a/link"));
  std::filesystem::create_symlink("/absent", path("tree/dangling"));
  EXPECT_TRUE(remove_tree(path("tree")).ok());
  EXPECT_FALSE(path_exists(path("tree")));
  EXPECT_TRUE(path_exists(path("kept/f")));
  EXPECT_TRUE(remove_tree(path("tree")).ok()) << "gone is gone";
  std::filesystem::create_symlink(path("kept"), path("link"));
  EXPECT_TRUE(remove_tree(path("link")).ok());
  EXPECT_TRUE(path_exists(path("kept/f")));
}

TEST_F(FileTest, ADescriptorIsClosedByItsLastOwner) {
  const int number = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  {
    UniqueFd first(number);
    UniqueFd second(std::move(first));
    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move)
    first = std::move(second);
    EXPECT_EQ(first.get(), number);
    EXPECT_NE(::fcntl(number, F_GETFD), -1);
  }
  EXPECT_EQ(::fcntl(number, F_GETFD), -1);
}

}  // namespace
}  // namespace tusker
