#include "agent/service_scripts.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <filesystem>

#include "base/file.h"
#include "base/process.h"
#include "base/testing/temporary_folder.h"
#include "base/text.h"
#include "proto/link.pb.h"

namespace tusker {
namespace {

const std::vector<std::string>& hostile_words() {
  static const std::vector<std::string> words = {
      "plain",    "",    "two words", "it's", "''", "'; id; '", "$HOME", "`id`", "$(id)",
      "\"q\"",    "\\",  "\\n",       "a\nb", "*",  "~",        "-n",    "#",    "ä€",
      "\x80\xFF", "a=b", "|",         "&",    ">x", "!!",       "\t"};
  return words;
}

ImageUser hadoop() {
  return {"hadoop", 61101, 61102, "/home/hadoop", "/bin/sh", {7}};
}

// Scripts are run by the real shell in a folder of their own, with a program of our own in place of
// s6-applyuidgid, which takes its six words of options and becomes what follows.
class ServiceScriptsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(
        write_file_atomic(path("s6-applyuidgid"),
                          "#!/bin/sh\necho \"$*\" | head -n 1 >applied\nshift 6\nexec \"$@\"\n",
                          0755)
            .ok());
  }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void put(const std::string& name, const std::string& content) const {
    ASSERT_TRUE(write_file_atomic(path(name), content, 0644).ok());
  }
  std::string content(const std::string& name) const {
    const Result<std::string> there = read_file(path(name));
    return there.ok() ? *there : "no " + name;
  }
  Finished run(const std::string& script, const std::vector<std::string>& arguments = {}) {
    Command command;
    command.argv = {"/bin/sh", "-c", script, "script"};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.directory = folder_;
    command.timeout = std::chrono::seconds(10);
    command.environment = {{"PATH", folder_ + ":/usr/bin:/bin"}};
    const Result<Finished> finished = SystemProcessRunner().run(command);
    EXPECT_TRUE(finished.ok());
    return finished.ok() ? *finished : Finished{-1, ""};
  }

  // A role in this folder that prints its words in brackets.
  link::Role printing(const std::vector<std::string>& words) const {
    link::Role role;
    role.set_name("NameNode");
    role.set_directory(folder_);
    for (const char* word : {"/usr/bin/printf", "[%s]"}) role.add_argv(word);
    for (const std::string& word : words) *role.mutable_argv()->Add() = word;
    return role;
  }
  Finished end_role(bool kill_group, const std::vector<std::string>& how) {
    return run(role_finish_script(kill_group), how);
  }

  static long uptime() {
    const std::string text = *read_file("/proc/uptime");
    return std::stol(text.substr(0, text.find('.')));
  }

  const TemporaryFolder temporary_;
  const std::string folder_ = temporary_.path();
};

TEST_F(ServiceScriptsTest, QuoteWordsSoThatTheShellReadsThemAsTheyAre) {
  for (const std::string& word : hostile_words()) {
    EXPECT_EQ(run("printf '%s.' " + shell_quoted(word)).output, word + ".") << word;
  }
}

TEST_F(ServiceScriptsTest, HandEachWordToTheRoleAsItWasSent) {
  const Result<std::string> script = role_run_script(printing(hostile_words()), {}, hadoop(), 0);
  ASSERT_TRUE(script.ok());
  std::string expected;
  for (const std::string& word : hostile_words()) expected += "[" + word + "]";
  const Finished finished = run(*script);
  EXPECT_EQ(finished.output, expected);
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_EQ(content("applied").substr(0, 45), "-u 61101 -g 61102 -G 61102,7 /usr/bin/printf ");
}

TEST_F(ServiceScriptsTest, ExportTheEnvironmentAsItWasSent) {
  link::Role role = printing({});
  role.clear_argv();
  for (const char* word : {"/bin/sh", "-c", "printf '[%s]' \"$V\" \"$HOME\" \"$USER\""}) {
    role.add_argv(word);
  }
  for (const std::string& word : hostile_words()) {
    const Result<std::string> script = role_run_script(role, {{"V", word}}, hadoop(), 0);
    ASSERT_TRUE(script.ok());
    EXPECT_EQ(run(*script).output, "[" + word + "][/home/hadoop][hadoop]");
  }
  const Result<std::string> script = role_run_script(role, {{"HOME", "/x"}}, hadoop(), 0);
  EXPECT_EQ(run(*script).output, "[][/x][hadoop]") << "the role's own wins";
}

TEST_F(ServiceScriptsTest, GoToTheRolesDirectoryWhateverItIsCalled) {
  std::filesystem::create_directory(path("it's $HOME"));
  link::Role role = printing({});
  role.set_directory(path("it's $HOME"));
  role.clear_argv();
  role.add_argv("/bin/pwd");
  EXPECT_EQ(run(*role_run_script(role, {}, hadoop(), 0)).output, path("it's $HOME") + "\n");
  role.set_directory(path("absent"));
  EXPECT_EQ(run(*role_run_script(role, {}, hadoop(), 0)).exit_code, 111);
}

TEST_F(ServiceScriptsTest, RefuseNamesAndWordsThatNoProgramCanReceive) {
  const link::Role role = printing({});
  for (const std::string& name : {std::string(),
                                  std::string("1A"),
                                  std::string("A B"),
                                  std::string("A=B"),
                                  std::string("A;id"),
                                  std::string("A-B"),
                                  std::string("ä"),
                                  std::string(129, 'A')}) {
    const Result<std::string> script = role_run_script(role, {{name, ""}}, hadoop(), 0);
    ASSERT_FALSE(script.ok()) << name;
    EXPECT_EQ(script.error().code(), ErrorCode::InvalidArgument);
  }
  const std::string zero("a\0b", 3);
  EXPECT_FALSE(role_run_script(role, {{"A", zero}}, hadoop(), 0).ok());
  EXPECT_FALSE(role_run_script(printing({zero}), {}, hadoop(), 0).ok());
  link::Role nothing;
  EXPECT_EQ(role_run_script(nothing, {}, hadoop(), 0).error().code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(task_run_script(link::Task(), {}, hadoop(), 0).error().code(),
            ErrorCode::InvalidArgument);
}

TEST_F(ServiceScriptsTest, CountStarts) {
  const std::string script = *role_run_script(printing({}), {}, hadoop(), 0);
  run(script);
  EXPECT_EQ(content("starts").substr(0, 2), "1 ");
  run(script);
  EXPECT_EQ(content("starts").substr(0, 2), "2 ");
}

// `down` keeps the script from waiting: the role shall not start again.
TEST_F(ServiceScriptsTest, RecordHowARoleEnded) {
  put("down", "");
  put("starts", "3 0 1\n");
  EXPECT_EQ(end_role(false, {"7", "0"}).exit_code, 0);
  EXPECT_EQ(content("ended"), "3 7\n");
  end_role(false, {"256", "9"});
  EXPECT_EQ(content("ended"), "3 137\n") << "by a signal";
}

TEST_F(ServiceScriptsTest, DoubleTheBackOffOfARoleThatDoesNotLive) {
  put("down", "");
  const long now = uptime();
  put("starts", fmt::format("3 {} 1\n", now));
  for (const char* delay : {"1\n", "2\n", "4\n", "8\n", "16\n", "32\n", "60\n", "60\n"}) {
    end_role(false, {"1", "0"});
    EXPECT_EQ(content("backoff"), delay);
  }
  put("starts", fmt::format("3 {} 1\n", now - 61));
  end_role(false, {"1", "0"});
  EXPECT_EQ(content("backoff"), "1\n") << "it has lived for a minute";
}

TEST_F(ServiceScriptsTest, DoNotWaitForARestartThatWasAskedFor) {
  put("starts", fmt::format("3 {} 1\n", uptime()));
  put("backoff", "60\n");
  put("hurry", "3\n");
  EXPECT_EQ(end_role(false, {"256", "15"}).exit_code, 0);
  EXPECT_EQ(content("ended"), "3 143\n");
}

TEST_F(ServiceScriptsTest, LeaveARoleInMaintenanceDown) {
  put("starts", "3 0 1\n");
  put("maintenance", "");
  EXPECT_EQ(end_role(false, {"7", "0"}).exit_code, 125) << "s6 does not start it again";
  EXPECT_EQ(content("ended"), "3 7\n");
  put("hurry", "3\n");
  EXPECT_EQ(end_role(false, {"256", "15"}).exit_code, 0) << "a restart that was asked for";
}

TEST_F(ServiceScriptsTest, KillWhatIsLeftOfARoleOnlyIfAskedTo) {
  EXPECT_EQ(role_finish_script(false).find("kill"), std::string::npos);
  EXPECT_NE(role_finish_script(true).find("kill -s KILL -- \"-$pid\""), std::string::npos);
}

TEST_F(ServiceScriptsTest, RunATaskOnceWithItsWordsQuoted) {
  link::Task task;
  task.set_id("t-1");
  task.add_argv("hdfs");
  task.add_argv("it's; reboot");
  const Result<std::string> script = task_run_script(task, {{"A", "$(id)"}}, hadoop(), 0);
  ASSERT_TRUE(script.ok());
  EXPECT_NE(script->find(" 'hdfs' 'it'\\''s; reboot'\n"), std::string::npos);
  EXPECT_NE(script->find("export A='$(id)'\n"), std::string::npos);
  EXPECT_NE(script->find("set -C\n"), std::string::npos) << "`start` is never written over";
  for (const std::string& each : {*script, task_finish_script("t-1")}) {
    EXPECT_EQ(run("sh -n <<'end of script'\n" + each + "end of script\n").exit_code, 0) << each;
  }
}

TEST_F(ServiceScriptsTest, BoundTheLogInAllItsFiles) {
  EXPECT_EQ(log_script("NameNode", 4 << 20),
            "#!/bin/sh\nexec s6-log n3 s1048576 /var/log/tusker/NameNode\n");
  EXPECT_NE(log_script("A", 1).find(" s4096 "), std::string::npos);
  EXPECT_NE(log_script("A", 1ULL << 40).find(" s268435455 "), std::string::npos);
  EXPECT_NE(log_script("A", 0).find(" s16777216 "), std::string::npos);
}

TEST(Signal, IsFoundByEitherName) {
  EXPECT_EQ(*signal_number("TERM"), SIGTERM);
  EXPECT_EQ(*signal_number("SIGTERM"), SIGTERM);
  EXPECT_EQ(*signal_number("INT"), SIGINT);
  EXPECT_EQ(*signal_number("SIGQUIT"), SIGQUIT);
  EXPECT_EQ(*signal_number(""), SIGTERM) << "the default";
  for (const char* name : {"15", "term", "STOP", "TERM;id"}) {
    const Result<int> number = signal_number(name);
    ASSERT_FALSE(number.ok()) << name;
    EXPECT_EQ(number.error().code(), ErrorCode::InvalidArgument);
    EXPECT_NE(number.error().message().find("TERM, INT, QUIT"), std::string::npos);
  }
}

TEST(RoleName, MayBecomeAFolderAndIsNoTasks) {
  for (const char* name : {"NameNode", "a", "Node-2"}) EXPECT_TRUE(is_role_name(name)) << name;
  for (const char* name :
       {"", "2a", "-a", ".s6-svscan", "a/b", "..", "a b", "a.b", "task-1", "a_b", "ä"}) {
    EXPECT_FALSE(is_role_name(name)) << name;
  }
  EXPECT_TRUE(is_role_name(std::string(63, 'a')));
  EXPECT_FALSE(is_role_name(std::string(64, 'a')));
}

TEST(TaskId, MayBecomeAFolder) {
  for (const char* id : {"1", "init-disk", "-"}) EXPECT_TRUE(is_task_id(id)) << id;
  for (const char* id : {"", "A", "a/b", "..", "a b", "a_b"}) EXPECT_FALSE(is_task_id(id)) << id;
  EXPECT_TRUE(is_task_id(std::string(40, 'a')));
  EXPECT_FALSE(is_task_id(std::string(41, 'a')));
}

}  // namespace
}  // namespace tusker
