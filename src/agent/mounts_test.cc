#include "agent/mounts.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

constexpr std::string_view kTable =
    "21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
    "30 21 7:0 / /data/mounts/ab ro,relatime - squashfs /dev/loop0 ro\n"
    "31 21 0:40 / /data/n/root rw shared:2 master:3 propagate_from:4 - overlay overlay "
    "rw,lowerdir=/l\n"
    "32 31 0:41 / /data/n/root/proc rw - proc proc rw\n"
    "33 21 7:1 / /data/n2 rw - ext4 /dev/loop1 rw\n"
    "34 21 7:2 / /data/a\\040b\\011c\\134d rw - ext4 /dev/dm\\0401 rw\n";

TEST(MountTable, HasThePointTypeAndSourceOfEachMount) {
  const MountTable table = MountTable::parse(kTable);
  ASSERT_EQ(table.entries().size(), 6U);
  EXPECT_EQ(table.entries()[0].point, "/");
  EXPECT_EQ(table.entries()[1].type, "squashfs");
  EXPECT_EQ(table.entries()[1].source, "/dev/loop0");
  EXPECT_EQ(table.entries()[2].type, "overlay") << "after any number of optional fields";
}

TEST(MountTable, UndoesTheKernelsEscapes) {
  const MountTable table = MountTable::parse(kTable);
  EXPECT_EQ(table.entries()[5].point, "/data/a b\tc\\d");
  EXPECT_EQ(table.entries()[5].source, "/dev/dm 1");
}

TEST(MountTable, KnowsMountPointsByTheirWholePath) {
  const MountTable table = MountTable::parse(kTable);
  EXPECT_TRUE(table.is_mount_point("/data/n/root"));
  EXPECT_TRUE(table.is_mount_point("/data/a b\tc\\d"));
  for (const char* path : {"", "/data", "/data/n", "/data/n/root/", "/data/n/roo"}) {
    EXPECT_FALSE(table.is_mount_point(path)) << path;
  }
}

TEST(MountTable, ListsWhatIsBelowAFolderSoThatItCanBeUnmounted) {
  const MountTable table = MountTable::parse(kTable);
  EXPECT_EQ(table.below("/data/n"), (std::vector<std::string>{"/data/n/root/proc", "/data/n/root"}))
      << "the innermost first, and nothing of /data/n2";
  EXPECT_EQ(table.below("/data/n/root/proc"), (std::vector<std::string>{"/data/n/root/proc"}));
  EXPECT_TRUE(table.below("/dat").empty());
}

TEST(MountTable, SkipsLinesThatAreNone) {
  const MountTable table = MountTable::parse(
      "\n"
      "garbage\n"
      "35 21 7:3 / /without-dash rw ext4 /dev/loop3 rw\n"
      "36 21 7:3 / /cut rw - ext4\n"
      "- - -\n"
      "37 21 7:4 / /good rw - ext4 /dev/loop4 rw");
  ASSERT_EQ(table.entries().size(), 1U);
  EXPECT_EQ(table.entries()[0].point, "/good");
}

TEST(MountTable, IsReadFromTheKernel) {
  const Result<MountTable> table = MountTable::read();
  ASSERT_TRUE(table.ok());
  EXPECT_TRUE(table->is_mount_point("/proc"));
}

}  // namespace
}  // namespace tusker
