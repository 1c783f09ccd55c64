#include "agent/image_users.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "base/testing/temporary_folder.h"

namespace tusker {
namespace {

constexpr std::string_view kPasswd =
    "root:x:0:0:root:/root:/bin/bash\n"
    "hadoop:x:61101:61102::/home/hadoop:/bin/sh\n"
    "tusker:x:61103:61103::/home/tusker:\n";
constexpr std::string_view kGroup =
    "root:x:0:\n"
    "hadoop:x:61102:tusker\n"
    "audit:x:7:hadoop,tusker,absent\n";

TEST(ImageUsers, AreFoundByNameAndByNumber) {
  const ImageUsers users = ImageUsers::parse(kPasswd, kGroup);
  for (const char* name : {"hadoop", "61101"}) {
    const Result<ImageUser> user = users.find(name);
    ASSERT_TRUE(user.ok()) << name;
    EXPECT_EQ(user->name, "hadoop");
    EXPECT_EQ(user->uid, 61101U);
    EXPECT_EQ(user->gid, 61102U);
    EXPECT_EQ(user->home, "/home/hadoop");
    EXPECT_EQ(user->shell, "/bin/sh");
    EXPECT_EQ(user->groups, (std::vector<gid_t>{7}));
  }
  EXPECT_EQ(users.find("0")->name, "root");
  EXPECT_EQ(users.find("tusker")->groups, (std::vector<gid_t>{61102, 7}));
  EXPECT_EQ(users.find("tusker")->shell, "") << "the caller's choice";
}

TEST(ImageUsers, ThatAreNotThereAreAnsweredWithThoseThatAre) {
  const ImageUsers users = ImageUsers::parse(kPasswd, kGroup);
  for (const char* name : {"", "hdfs", "61104", "-1", "0x0", "root:x", "99999999999999999999"}) {
    const Result<ImageUser> user = users.find(name);
    ASSERT_FALSE(user.ok()) << name;
    EXPECT_EQ(user.error().code(), ErrorCode::NotFound) << name;
    EXPECT_NE(user.error().message().find("hadoop, root, tusker"), std::string::npos)
        << user.error().message();
  }
}

TEST(ImageUsers, WithHostileLinesAreLeftOut) {
  const ImageUsers users = ImageUsers::parse(
      "a;reboot:x:1:1::/:/bin/sh\n"
      "../x:x:2:2::/:/bin/sh\n"
      "Upper:x:3:3::/:/bin/sh\n"
      "minus:x:-4:4::/:/bin/sh\n"
      "huge:x:4294967296:5::/:/bin/sh\n"
      "short:x:6:6::/\n"
      "words:x:7 7:7::/:/bin/sh\n"
      ":x:8:8::/:/bin/sh\n"
      "\n"
      "good:x:9:9::/:/bin/sh",
      "bad:x:no:good\n"
      "short:x:1\n");
  EXPECT_EQ(users.find("nobody").error().message().substr(0, 52),
            "no user 'nobody' in the image; it has good");
  EXPECT_TRUE(users.find("good")->groups.empty());
}

TEST(ImageUsers, AreReadFromTheImagesOwnFiles) {
  const TemporaryFolder folder;
  const std::string& root = folder.path();
  EXPECT_EQ(ImageUsers::read(root).error().code(), ErrorCode::NotFound);
  std::filesystem::create_directory(root + "/etc");
  ASSERT_TRUE(write_file_atomic(root + "/etc/passwd", kPasswd, 0644).ok());
  ASSERT_TRUE(write_file_atomic(root + "/etc/group", kGroup, 0644).ok());
  EXPECT_TRUE(ImageUsers::read(root)->find("hadoop").ok());
}

TEST(UserName, MayStandInAScript) {
  for (const char* name : {"a", "_apt", "hadoop-2", "x0"}) EXPECT_TRUE(is_user_name(name)) << name;
  for (const char* name : {"", "0", "-a", "A", "a b", "a$", "a\n", "a.b", "ä"}) {
    EXPECT_FALSE(is_user_name(name)) << name;
  }
  EXPECT_TRUE(is_user_name(std::string(32, 'a')));
  EXPECT_FALSE(is_user_name(std::string(33, 'a')));
}

}  // namespace
}  // namespace tusker
