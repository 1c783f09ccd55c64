// Programs of users in nodes, on the real kernel.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>

#include "agent/cgroups.h"
#include "agent/node_program.h"
#include "agent/testing/test_host.h"

namespace tusker {
namespace {

// A node that runs, and programs in it as for a user far away.
class NodeProgramTest : public testing::Test {
 protected:
  // Reads as fast as the loop turns, unless it is told not to.
  struct Program {
    std::string output;
    std::string error_output;
    std::uint64_t received = 0;
    std::size_t taken = 0;
    bool reading = true;
    std::optional<int> exit_code;
    std::unique_ptr<NodeProgram> program;  // last: its callbacks use the rest
  };

  NodeProgramTest() : node_(host_.node(2)) { ::signal(SIGPIPE, SIG_IGN); }  // as main() does
  void SetUp() override {
    host_.keeper().take(host_.desired({node_}));
    ASSERT_TRUE(host_.run_until([&](const auto& seen) { return runs(seen, node_.id()); }));
  }

  std::unique_ptr<Program> start(std::vector<std::string> argv, bool terminal = false) {
    NodeProgramSpec spec;
    spec.process.user = {"hadoop", 61101, 61101, "/", "/bin/sh", {}};
    spec.process.argv = std::move(argv);
    spec.process.environment = base_environment();
    spec.process.terminal = terminal;
    spec.process.oom_score_adj = kUsersOomScore;
    Result<std::unique_ptr<NodeProgram>> started =
        NodeProgram::start(host_.keeper().runc(),
                           NodeLayout(host_.layout(), node_.id()),
                           fmt::format("{:x}", ++started_),
                           spec);
    TK_CHECK(started.ok(), "{}", started.error().message());
    auto far = std::make_unique<Program>();
    far->program = *std::move(started);
    far->program->attach(host_.loop(),
                         {.on_output =
                              [far = far.get()](const std::string& bytes, bool to_error) {
                                (to_error ? far->error_output : far->output) += bytes;
                                far->received += bytes.size();
                                if (far->reading) far->program->acknowledge(far->received);
                              },
                          .on_input_taken = [far = far.get()](std::size_t n) { far->taken += n; },
                          .on_end = [far = far.get()](int code) { far->exit_code = code; }});
    return far;
  }
  std::unique_ptr<Program> start_shell(const std::string& script) {
    return start({"/bin/sh", "-c", script});
  }
  bool run_until(const std::function<bool()>& condition) {
    return host_.run_until([&](const auto&) { return condition(); });
  }
  // The exit code, of a program that ends.
  int end_of(Program& far) {
    EXPECT_TRUE(run_until([&] { return far.exit_code.has_value(); }));
    return far.exit_code.value_or(-1);
  }
  int end_of(const std::vector<std::string>& argv) { return end_of(*start(argv)); }

  std::vector<pid_t> processes() const {
    return processes_of(NodeLayout(host_.layout(), node_.id()).cgroup);
  }

  TestHost host_;
  link::Node node_;
  unsigned started_ = 0;
};

TEST_F(NodeProgramTest, EndsBeforeAnyRoleWhenMemoryRunsOut) {
  const auto far = start({"/bin/cat", "/proc/self/oom_score_adj"});
  EXPECT_EQ(end_of(*far), 0);
  EXPECT_EQ(far->output, "500\n");
}

TEST_F(NodeProgramTest, TakesAndGivesMoreThanAnyPipeOrWindowHolds) {
  const auto cat = start({"/bin/cat"});
  std::string input;
  for (int i = 0; input.size() < 3'000'000; ++i) input += fmt::format("{}\n", i);
  for (std::size_t at = 0; at < input.size(); at += 100'000) {
    cat->program->write(input.substr(at, 100'000));
  }
  cat->program->end_input();
  EXPECT_EQ(end_of(*cat), 0);
  EXPECT_TRUE(cat->output == input) << cat->output.size() << " of " << input.size() << " bytes";
  EXPECT_EQ(cat->taken, input.size());
  EXPECT_EQ(cat->error_output, "");
}

TEST_F(NodeProgramTest, IsSlowedByASlowReader) {
  const auto slow = start({"/bin/sh", "-c", "head -c 3000000 /dev/zero"});
  slow->reading = false;
  ASSERT_TRUE(run_until([&] { return slow->received >= NodeProgram::kOutputWindow; }));
  EXPECT_EQ(end_of({"/bin/sh", "-c", "exit 0"}), 0) << "time that the other could use";
  EXPECT_LT(slow->received, NodeProgram::kOutputWindow + (128 << 10));
  EXPECT_FALSE(slow->exit_code.has_value());
  slow->reading = true;
  slow->program->acknowledge(slow->received);
  EXPECT_EQ(end_of(*slow), 0);
  EXPECT_EQ(slow->received, 3'000'000U);
}

TEST_F(NodeProgramTest, RunsAsItsUserWithTwoStreamsOfOutput) {
  const auto program = start_shell("id -u; echo wrong >&2");
  EXPECT_EQ(end_of(*program), 0);
  EXPECT_EQ(program->output, "61101\n");
  EXPECT_EQ(program->error_output, "wrong\n");
}

TEST_F(NodeProgramTest, HasOneStreamInATerminal) {
  const auto program = start({"/bin/sh", "-c", "[ -t 0 ] && [ -t 1 ] && echo yes >&2"}, true);
  EXPECT_EQ(end_of(*program), 0);
  EXPECT_EQ(program->output, "yes\r\n");
  EXPECT_EQ(program->error_output, "");
}

TEST_F(NodeProgramTest, EndsWithItsOwnExitCode) {
  for (const int code : {0, 1, 7, 126, 127, 255}) {
    EXPECT_EQ(end_of({"/bin/sh", "-c", fmt::format("exit {}", code)}), code);
  }
  EXPECT_EQ(end_of({"/bin/sh", "-c", "kill -9 $$"}), 128 + SIGKILL);
}

TEST_F(NodeProgramTest, ThatCannotBeStartedEndsAsShellsSayIt) {
  const auto missing = start({"/bin/absent"});
  EXPECT_EQ(end_of(*missing), 127);
  EXPECT_NE(missing->error_output.find("absent"), std::string::npos) << missing->error_output;
  EXPECT_EQ(end_of({"absent"}), 127);
  EXPECT_EQ(end_of({"/etc/passwd"}), 126) << "is no program";
}

TEST_F(NodeProgramTest, TakesInputThatNobodyReads) {
  const auto deaf = start_shell("exit 3");
  deaf->program->write(std::string(3'000'000, 'x'));
  EXPECT_EQ(end_of(*deaf), 3);
  deaf->program->write("more");
  deaf->program->end_input();
}

TEST_F(NodeProgramTest, GetsSignals) {
  const auto program =
      start_shell("trap 'echo int; exit 5' INT; echo up; while :; do sleep 1; done");
  ASSERT_TRUE(run_until([&] { return program->output == "up\n"; }));
  program->program->signal(SIGINT);
  EXPECT_EQ(end_of(*program), 5);
  EXPECT_EQ(program->output, "up\nint\n");
}

TEST_F(NodeProgramTest, EndsWhenItsUserHangsUp) {
  const auto program = start_shell("echo up; exec sleep 1000");
  ASSERT_TRUE(run_until([&] { return program->output == "up\n"; }));
  program->program->hang_up();
  EXPECT_EQ(end_of(*program), 128 + SIGHUP);
  EXPECT_EQ(processes().size(), 1U) << "only the node's own init is left";
}

TEST_F(NodeProgramTest, IsKilledWithItsOwnerWhateverItIgnores) {
  auto program = start_shell("trap '' HUP TERM; echo up; sleep 1000; echo over");
  ASSERT_TRUE(run_until([&] { return program->output == "up\n"; }));
  program.reset();
  EXPECT_TRUE(run_until([&] { return processes().size() == 1; }));
}

// As when a connection is lost at once: runc has made the process, and has not told its pid yet.
TEST_F(NodeProgramTest, IsKilledWithItsOwnerThoughItHasHardlyStarted) {
  for (int i = 0; i < 10; ++i) {
    auto program = start({"/bin/sleep", "1000"});
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (processes().size() == 1 && std::chrono::steady_clock::now() < deadline) {
    }
    program.reset();
  }
  EXPECT_TRUE(run_until([&] { return processes().size() == 1; }));
}

// A shell that ends leaves its output to what it started in the background.
TEST_F(NodeProgramTest, IsGivenUpThoughSomethingItLeftBehindHoldsItsOutput) {
  auto program = start_shell("sleep 1000 & echo $!");
  ASSERT_TRUE(run_until([&] { return !program->output.empty() && processes().size() == 2; }));
  const std::vector<pid_t> left = processes();
  std::future<void> gone = std::async(std::launch::async, [&] { program.reset(); });
  EXPECT_EQ(gone.wait_for(std::chrono::seconds(10)), std::future_status::ready)
      << "the agent's loop would stand still";
  for (const pid_t pid : left) {
    if (pid != container_pid(host_, node_.id())) ::kill(pid, SIGKILL);
  }
}

}  // namespace
}  // namespace tusker
