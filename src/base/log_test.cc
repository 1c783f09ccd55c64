#include "base/log.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/sealed.h"
#include "base/testing/temporary_folder.h"

namespace tusker {
namespace {

class LogTest : public testing::Test {
 protected:
  std::string written() const { return *read_file(path_); }

  const TemporaryFolder folder_;
  const std::string path_ = folder_.path() + "/log";
};

TEST_F(LogTest, WritesOneLineWithItsFacts) {
  Log::to_file(path_).info(
      "flow.stage.done",
      {{"flow", 7}, {"stage", "start"}, {"took", Duration(std::chrono::milliseconds(1500))}});
  const std::string line = written();
  EXPECT_NE(line.find("Z I flow.stage.done flow=7 stage=start took=1.500s\n"), std::string::npos)
      << line;
}

TEST_F(LogTest, KeepsWhatCameFromOutsideOnItsLine) {
  Log::to_file(path_).warn(
      "x", {{"a", "one two"}, {"b", ""}, {"c", "q\"\\\n\r\t\x1b[31m"}, {"d", "k=v"}});
  EXPECT_NE(
      written().find("W x a=\"one two\" b=\"\" c=\"q\\\"\\\\\\n\\r\\t\\x1b[31m\" d=\"k=v\"\n"),
      std::string::npos)
      << written();
}

TEST_F(LogTest, CarriesContextAndDropsWhatIsBelowItsLevel) {
  const Log log = Log::to_file(path_, LogLevel::Warn);
  const Log of_cluster = log.with({{"cluster", "emr-abcdefg1"}});
  of_cluster.info("quiet");
  of_cluster.error("loud", {{"n", 1}});
  const std::string text = written();
  EXPECT_EQ(text.find("quiet"), std::string::npos);
  EXPECT_NE(text.find("E loud cluster=emr-abcdefg1 n=1\n"), std::string::npos) << text;
}

TEST_F(LogTest, IsNotForOthersToRead) {
  Log::to_file(path_).info("x");
  struct stat info {};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0640U);
}

TEST_F(LogTest, OfNothingTakesEverything) {
  Log::none().with({{"a", 1}}).error("x");
}

static_assert(!fmt::is_formattable<Sealed>::value, "a secret must not get into a log");

}  // namespace
}  // namespace tusker
