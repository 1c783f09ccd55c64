#include "base/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>

namespace tusker {
namespace {

Command shell(const std::string& script) {
  Command command;
  command.argv = {"/bin/sh", "-c", script};
  return command;
}

TEST(Process, GivesExitCodeAndOutputOfBothStreams) {
  SystemProcessRunner runner;
  const auto finished = runner.run(shell("echo out; echo err >&2; exit 3"));
  ASSERT_TRUE(finished.ok());
  EXPECT_EQ(finished->exit_code, 3);
  EXPECT_EQ(finished->output, "out\nerr\n");
  EXPECT_EQ(runner.run(shell("kill -9 $$"))->exit_code, 128 + SIGKILL);
}

TEST(Process, FeedsItsInputAndTakesItsOutputAtTheSameTime) {
  SystemProcessRunner runner;
  Command command;
  command.argv = {"cat"};
  command.input.assign(3 << 20, 'x');  // more than two pipes hold
  command.output_limit = 4 << 20;
  EXPECT_EQ(runner.run(command)->output, command.input);
}

TEST(Process, DoesNotMindAProgramThatIgnoresItsInput) {
  SystemProcessRunner runner;
  Command command = shell("exit 0");
  command.input.assign(3 << 20, 'x');
  ::signal(SIGPIPE, SIG_IGN);
  EXPECT_TRUE(runner.run(command).ok());
  ::signal(SIGPIPE, SIG_DFL);
}

TEST(Process, KeepsTheLastOutputAndShowsAllOfItOnTheWay) {
  SystemProcessRunner runner;
  Command command = shell("echo 1234567890; echo end");
  command.output_limit = 6;
  std::string seen;
  command.on_output = [&](std::string_view piece) { seen += piece; };
  EXPECT_EQ(runner.run(command)->output, "0\nend\n");
  EXPECT_EQ(seen, "1234567890\nend\n");
}

TEST(Process, HasTheEnvironmentAndFolderItWasGivenAndNothingElse) {
  SystemProcessRunner runner;
  ::setenv("TUSKER_LEAK", "secret", 1);
  Command command = shell("env | sort; pwd");
  command.environment = {{"A", "b c"}};
  command.directory = "/usr";
  const std::string output = runner.run(command)->output;
  EXPECT_NE(output.find("A=b c\n"), std::string::npos);
  EXPECT_NE(output.find("PATH="), std::string::npos);
  EXPECT_NE(output.find("/usr\n"), std::string::npos);
  EXPECT_EQ(output.find("TUSKER_LEAK"), std::string::npos);
}

TEST(Process, InheritsNoDescriptorAndNoSignalMask) {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  int fds[2];
  ASSERT_EQ(::pipe(fds), 0);  // without O_CLOEXEC
  SystemProcessRunner runner;
  EXPECT_EQ(runner.run(shell("ls /proc/self/fd | wc -l"))->output, "4\n")
      << "0, 1, 2 and that of ls itself";
  EXPECT_EQ(runner.run(shell("kill -TERM $$; echo blocked"))->exit_code, 128 + SIGTERM);
  ::close(fds[0]);
  ::close(fds[1]);
  ::pthread_sigmask(SIG_UNBLOCK, &blocked, nullptr);
}

TEST(Process, IsKilledWithItsChildrenAtTheTimeout) {
  SystemProcessRunner runner;
  Command command = shell("sleep 1000 & echo $!; wait");
  command.timeout = std::chrono::milliseconds(200);
  std::string child;
  command.on_output = [&](std::string_view piece) { child += piece; };
  const auto finished = runner.run(command);
  EXPECT_EQ(finished.error().code(), ErrorCode::DeadlineExceeded);
  // Killed; its parent is gone too, so it may be a zombie until init looks.
  const std::string stat = "/proc/" + child.substr(0, child.find('\n')) + "/cmdline";
  std::error_code ignored;
  EXPECT_TRUE(!std::filesystem::exists(stat, ignored) || ::kill(std::stoi(child), 0) != 0 ||
              std::filesystem::is_empty(stat, ignored));
}

TEST(Process, IsKilledWhenCancelled) {
  SystemProcessRunner runner;
  Command command = shell("sleep 1000");
  command.cancelled = [] { return true; };
  EXPECT_EQ(runner.run(command).error().code(), ErrorCode::Cancelled);
}

TEST(Process, IsFoundWhateverThePathOfWhoeverStartedUs) {
  const std::string before = ::getenv("PATH");
  ::setenv("PATH", "/nowhere", 1);
  SystemProcessRunner runner;
  const auto finished = runner.run({.argv = {"true"}});
  ::setenv("PATH", before.c_str(), 1);
  ASSERT_TRUE(finished.ok()) << finished.error().message();
  EXPECT_TRUE(finished->ok());
}

TEST(Process, ThatDoesNotExistIsNotFound) {
  SystemProcessRunner runner;
  Command command;
  command.argv = {"tusker-no-such-program"};
  const auto finished = runner.run(command);
  EXPECT_EQ(finished.error().code(), ErrorCode::NotFound);
  EXPECT_NE(finished.error().message().find("tusker-no-such-program"), std::string::npos);
}

TEST(Process, ThatFailsIsAnErrorWithItsLastWordsForThoseWhoWantOutput) {
  SystemProcessRunner runner;
  EXPECT_EQ(*runner.output_of(shell("echo fine")), "fine\n");
  const auto failed = runner.output_of(shell("echo no space >&2; exit 4"));
  ASSERT_FALSE(failed.ok());
  EXPECT_NE(failed.error().message().find("exit code 4: no space"), std::string::npos)
      << failed.error().message();
}

TEST(Process, IsShownQuotedAndShort) {
  EXPECT_EQ(to_text({"a", "b c", ""}), "a 'b c' ''");
  EXPECT_EQ(to_text({std::string(500, 'x')}).size(), 200U);
}

}  // namespace
}  // namespace tusker
