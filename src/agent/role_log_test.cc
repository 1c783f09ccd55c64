#include "agent/role_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "base/testing/temporary_folder.h"

namespace tusker {
namespace {

class RoleLogTest : public ::testing::Test {
 protected:
  RoleLogTest() { EXPECT_TRUE(ensure_directory(folder(), 0755).ok()); }

  std::string folder() const { return logs_ + "/DataNode"; }
  std::string file(const std::string& name) const { return folder() + "/" + name; }
  void write(const std::string& text, const std::string& name = "current") {
    const UniqueFd out(::open(file(name).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    ASSERT_TRUE(write_all(out.get(), text, name).ok());
  }
  static std::string archive(int number) { return fmt::format("@4000000066a1b2{:010x}.s", number); }
  // As s6-log does: the file gets its old name, then there is a new one.
  void rotate() {
    ASSERT_EQ(::rename(file("current").c_str(), file(archive(++rotations_)).c_str()), 0);
    write("");
  }
  RoleLog open(std::uint64_t lines) {
    Result<RoleLog> log = RoleLog::open(logs_, "DataNode", lines);
    EXPECT_TRUE(log.ok());
    return *std::move(log);
  }
  static std::string all(RoleLog& log, std::size_t limit = 1000) {
    std::string text;
    for (;;) {
      const Result<std::string> piece = log.read(limit);
      EXPECT_TRUE(piece.ok());
      if (!piece.ok() || piece->empty()) return text;
      EXPECT_LE(piece->size(), limit);
      text += *piece;
    }
  }

  const TemporaryFolder temporary_;
  const std::string logs_ = temporary_.path();
  int rotations_ = 0;
};

TEST_F(RoleLogTest, BeginsSoManyLinesBeforeTheEnd) {
  write("one\ntwo\nthree\nfour");
  for (const auto& [lines, text] :
       std::vector<std::pair<std::uint64_t, std::string>>{{0, ""},
                                                          {1, "four"},
                                                          {2, "three\nfour"},
                                                          {4, "one\ntwo\nthree\nfour"},
                                                          {9, "one\ntwo\nthree\nfour"}}) {
    RoleLog log = open(lines);
    EXPECT_EQ(all(log, 5), text) << lines;
  }
}

TEST_F(RoleLogTest, CountsALineThatIsEndedOnce) {
  write("one\ntwo\n");
  RoleLog log = open(1);
  EXPECT_EQ(all(log), "two\n");
}

TEST_F(RoleLogTest, FindsLinesThatAreLongerThanABlock) {
  const std::string longest(200 << 10, 'x');
  write("one\n" + longest + "\nlast\n");
  RoleLog log = open(2);
  EXPECT_EQ(all(log, 64 << 10), longest + "\nlast\n");
}

TEST_F(RoleLogTest, BeginsInOlderFilesWhenTheNewestHasTooFewLines) {
  write("one\ntwo\n");
  rotate();
  write("three\n");
  rotate();
  write("four\n");
  for (const auto& [lines, text] :
       std::vector<std::pair<std::uint64_t, std::string>>{{1, "four\n"},
                                                          {2, "three\nfour\n"},
                                                          {3, "two\nthree\nfour\n"},
                                                          {8, "one\ntwo\nthree\nfour\n"}}) {
    RoleLog log = open(lines);
    EXPECT_EQ(all(log), text) << lines;
  }
}

TEST_F(RoleLogTest, FollowsWhatIsWrittenLater) {
  write("one\n");
  RoleLog log = open(0);
  EXPECT_EQ(all(log), "");
  write("two\n");
  EXPECT_EQ(all(log), "two\n");
  write("three\n");
  EXPECT_EQ(all(log), "three\n");
}

TEST_F(RoleLogTest, LosesAndRepeatsNothingOverARotation) {
  write("one\n");
  RoleLog log = open(1);
  EXPECT_EQ(all(log), "one\n");
  write("two\n");
  rotate();
  write("three\n");
  EXPECT_EQ(all(log), "two\nthree\n");
  rotate();
  write("four\n");
  rotate();
  write("five\n");
  rotate();
  EXPECT_EQ(all(log), "four\nfive\n");
  write("six\n");
  EXPECT_EQ(all(log), "six\n");
  EXPECT_FALSE(log.take_gap());
}

TEST_F(RoleLogTest, SaysWhenAFileWasRemovedBeforeItWasRead) {
  write("one\n");
  RoleLog log = open(0);
  rotate();
  write("two\n");
  rotate();
  ASSERT_EQ(::unlink(file(archive(1)).c_str()), 0);
  ASSERT_EQ(::unlink(file(archive(2)).c_str()), 0);
  write("three\n");
  EXPECT_EQ(all(log), "three\n");
  EXPECT_TRUE(log.take_gap());
  EXPECT_FALSE(log.take_gap());
}

TEST_F(RoleLogTest, WaitsForAFileThatIsNotThereYet) {
  RoleLog log = open(10);
  EXPECT_EQ(all(log), "");
  write("one\n");
  EXPECT_EQ(all(log), "one\n");
}

TEST_F(RoleLogTest, GoesOnAtTheBeginningOfAFileThatWasEmptied) {
  write("one, a long line\n");
  RoleLog log = open(1);
  EXPECT_EQ(all(log), "one, a long line\n");
  ASSERT_EQ(::truncate(file("current").c_str(), 0), 0);
  write("two\n");
  EXPECT_EQ(all(log), "two\n");
}

TEST_F(RoleLogTest, ReadsNoLinkNoPipeAndNoFolderThatANodePutThere) {
  const std::string secret = logs_ + "/secret";
  ASSERT_TRUE(write_file_atomic(secret, "secret\n", 0600).ok());
  ASSERT_EQ(::symlink(secret.c_str(), file("current").c_str()), 0);
  ASSERT_EQ(::symlink(secret.c_str(), file(archive(1)).c_str()), 0);
  ASSERT_EQ(::mkfifo(file(archive(2)).c_str(), 0600), 0);
  ASSERT_EQ(::mkdir(file(archive(3)).c_str(), 0700), 0);
  RoleLog log = open(10);
  EXPECT_EQ(all(log), "");
  ASSERT_EQ(::symlink(folder().c_str(), (logs_ + "/Linked").c_str()), 0);
  EXPECT_FALSE(RoleLog::open(logs_, "Linked", 10).ok());
  EXPECT_EQ(RoleLog::open(logs_, "NameNode", 10).error().code(), ErrorCode::NotFound);
}

}  // namespace
}  // namespace tusker
