#include "plan/ustar.h"

#include <gtest/gtest.h>

#include "base/process.h"

namespace tusker {
namespace {

std::string listed(const std::string& archive, std::vector<std::string> argv) {
  SystemProcessRunner runner;
  Command command;
  command.argv = std::move(argv);
  command.input = archive;
  const auto output = runner.output_of(command);
  return output.ok() ? *output : output.error().message();
}

TEST(Ustar, IsReadByTar) {
  const auto archive = write_ustar({{"current/", 0700, ""},
                                    {"current/a", 0600, std::string(1000, 'x')},
                                    {"current/b", 0644, ""}},
                                   {"hadoop", 61101});
  ASSERT_TRUE(archive.ok());
  EXPECT_EQ(archive->size() % 512, 0U);
  EXPECT_EQ(listed(*archive, {"tar", "-tvf", "-", "--numeric-owner", "--utc"}),
            "drwx------ 61101/61101       0 1970-01-01 00:00 current/\n"
            "-rw------- 61101/61101    1000 1970-01-01 00:00 current/a\n"
            "-rw-r--r-- 61101/61101       0 1970-01-01 00:00 current/b\n");
  EXPECT_EQ(listed(*archive, {"tar", "-xOf", "-", "current/a"}), std::string(1000, 'x'));
}

TEST(Ustar, RefusesPathsThatLeaveTheFolder) {
  for (const char* path : {"", "/a", "../a", "a/../b", "a//b", "./a", "/"})
    EXPECT_FALSE(write_ustar({{path, 0, ""}}, {"root", 0}).ok()) << path;
  EXPECT_FALSE(write_ustar({{std::string(101, 'a'), 0, ""}}, {"root", 0}).ok());
  EXPECT_TRUE(write_ustar({{std::string(100, 'a'), 0, ""}}, {"root", 0}).ok());
}

}  // namespace
}  // namespace tusker
