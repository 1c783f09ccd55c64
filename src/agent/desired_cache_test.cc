#include "agent/desired_cache.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/file.h"
#include "base/testing/temporary_folder.h"

namespace tusker {
namespace {

class DesiredCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    host_ = *HostLayout::make(folder_, folder_ + "/run", "1a2b3c4d-0000-4000-8000-000000000000");
    ASSERT_TRUE(ensure_directory(host_.folder, 0700).ok());
  }

  static link::Desired desired(std::uint64_t commit) {
    link::Desired desired;
    desired.mutable_generation()->set_epoch(3);
    desired.mutable_generation()->set_commit(commit);
    desired.add_nodes()->set_id("emr-vm-00000001");
    desired.add_removed("emr-vm-00000002");
    return desired;
  }

  const TemporaryFolder temporary_;
  const std::string folder_ = temporary_.path();
  HostLayout host_;
};

TEST_F(DesiredCacheTest, GivesBackTheNewestThatWasSaved) {
  const Result<std::optional<link::Desired>> none = load_desired(host_);
  ASSERT_TRUE(none.ok());
  EXPECT_FALSE(none->has_value());
  ASSERT_TRUE(save_desired(host_, desired(4)).ok());
  ASSERT_TRUE(save_desired(host_, desired(5)).ok());
  const Result<std::optional<link::Desired>> loaded = load_desired(host_);
  ASSERT_TRUE(loaded.ok());
  ASSERT_TRUE(loaded->has_value());
  EXPECT_EQ((*loaded)->SerializeAsString(), desired(5).SerializeAsString());
}

TEST_F(DesiredCacheTest, IsForRootOnly) {
  ASSERT_TRUE(save_desired(host_, desired(4)).ok());
  struct stat info {};
  ASSERT_EQ(::lstat(host_.desired_file().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600U) << "it holds secrets";
}

TEST_F(DesiredCacheTest, SaysWhichFileCannotBeRead) {
  ASSERT_TRUE(save_desired(host_, desired(4)).ok());
  const std::string whole = *read_file(host_.desired_file());
  for (const std::string& bytes : {std::string("\xFF\xFF"), whole.substr(0, whole.size() - 1)}) {
    ASSERT_TRUE(write_file_atomic(host_.desired_file(), bytes, 0600).ok());
    const Result<std::optional<link::Desired>> loaded = load_desired(host_);
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().code(), ErrorCode::Corrupt);
    EXPECT_NE(loaded.error().message().find(host_.desired_file()), std::string::npos);
  }
}

TEST(Generation, IsOlderByEpochThenByCommit) {
  const auto generation = [](std::uint64_t epoch, std::uint64_t commit) {
    link::Generation made;
    made.set_epoch(epoch);
    made.set_commit(commit);
    return made;
  };
  EXPECT_TRUE(is_older(generation(1, 9), generation(2, 1)));
  EXPECT_FALSE(is_older(generation(2, 1), generation(1, 9)));
  EXPECT_TRUE(is_older(generation(2, 1), generation(2, 2)));
  EXPECT_FALSE(is_older(generation(2, 2), generation(2, 2))) << "sent again, it is taken again";
  EXPECT_TRUE(is_older(link::Generation(), generation(0, 1)));
}

}  // namespace
}  // namespace tusker
