#include "cli/supervisor.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <memory>

#include "base/testing/temporary_folder.h"
#include "cli/exit_codes.h"
#include "cli/run_folder.h"
#include "cli/up_report.h"

namespace tusker::cli {
namespace {

constexpr Duration kLimit = std::chrono::seconds(20);

// Real children, which are shells; waits for events and never for time.
class SupervisorTest : public ::testing::Test {
 protected:
  ChildSpec child(const std::string& name, const std::string& script) {
    return {.name = name,
            .argv = {"/bin/sh", "-c", script},
            .error_path = folder_.path() + "/" + name + ".err"};
  }
  void supervise(std::vector<ChildSpec> children) {
    supervisor_ = std::make_unique<Supervisor>(
        clock_, std::move(children), [this](const ChildEvent& event) { events_.push_back(event); });
  }
  // Steps until the child has had so many events of this kind; the last of them.
  const ChildEvent* wait_for(const std::string& name, ChildEvent::Kind kind, int count = 1) {
    const Time deadline = clock_.now() + kLimit;
    for (;;) {
      int seen = 0;
      for (const ChildEvent& event : events_) {
        if (event.name == name && event.kind == kind && ++seen == count) return &event;
      }
      if (clock_.now() > deadline || !supervisor_->step(-1, std::chrono::seconds(1)).ok())
        return nullptr;
    }
  }
  std::string end_of_errors(const std::string& name) {
    const Result<std::string> text = read_file(folder_.path() + "/" + name + ".err");
    return text.ok() ? *text : "";
  }
  void TearDown() override {
    if (supervisor_) supervisor_->stop(std::chrono::seconds(5), [](std::string_view) {});
  }

  SystemClock clock_;
  TemporaryFolder folder_;
  std::vector<ChildEvent> events_;
  std::unique_ptr<Supervisor> supervisor_;
};

TEST_F(SupervisorTest, StartsAKilledChildAgainAndLeavesTheOtherAlone) {
  supervise({child("server", "exec sleep 1000"), child("agent", "exec sleep 1000")});
  ASSERT_NE(wait_for("agent", ChildEvent::Kind::Started), nullptr);
  const pid_t server = supervisor_->pid_of("server");
  const pid_t agent = supervisor_->pid_of("agent");
  ::kill(server, SIGKILL);
  const ChildEvent* ended = wait_for("server", ChildEvent::Kind::Ended);
  ASSERT_NE(ended, nullptr);
  EXPECT_EQ(ended->exit_code, 128 + SIGKILL);
  ASSERT_NE(wait_for("server", ChildEvent::Kind::Started, 2), nullptr);
  EXPECT_NE(supervisor_->pid_of("server"), server);
  EXPECT_EQ(supervisor_->pid_of("agent"), agent);
}

TEST_F(SupervisorTest, TellsARefusalToStartApartAndPassesItsLastWordsOn) {
  supervise({child("server", "echo 'error: the data is of a newer version' >&2; exit 78")});
  const ChildEvent* refused = wait_for("server", ChildEvent::Kind::Refused);
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->last_words, "error: the data is of a newer version");
  EXPECT_EQ(refused->exit_code, kDoNotRestart);
}

TEST_F(SupervisorTest, StartsQuicklyOnceAndThenBacksOff) {
  supervise({child("agent", "exit 1")});
  const ChildEvent* first = wait_for("agent", ChildEvent::Kind::Ended, 1);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->pause, std::chrono::milliseconds(100));
  const ChildEvent* second = wait_for("agent", ChildEvent::Kind::Ended, 2);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->pause, std::chrono::seconds(1));
}

TEST_F(SupervisorTest, WakesUpForItsOwnersDescriptor) {
  supervise({child("server", "exec sleep 1000")});
  const UniqueFd wake(::eventfd(1, EFD_CLOEXEC));
  const Time start = clock_.now();
  ASSERT_TRUE(supervisor_->step(wake.get(), std::chrono::seconds(60)).ok());
  EXPECT_LT(clock_.now() - start, std::chrono::seconds(30));
}

TEST_F(SupervisorTest, KillsWhatDoesNotListenToTerm) {
  supervise({child("agent", "trap '' TERM; echo ready; while :; do sleep 1000; done")});
  ASSERT_NE(wait_for("agent", ChildEvent::Kind::Started), nullptr);
  while (end_of_errors("agent") != "ready\n")
    ASSERT_TRUE(supervisor_->step(-1, std::chrono::milliseconds(10)).ok());
  supervisor_->stop(Duration{}, [](std::string_view) {});
  EXPECT_EQ(events_.back().exit_code, 128 + SIGKILL);
  EXPECT_EQ(supervisor_->pid_of("agent"), 0);
}

TEST(RestartPause, DoublesUpToAQuarterOfAMinute) {
  EXPECT_EQ(restart_pause(1), std::chrono::milliseconds(100));
  EXPECT_EQ(restart_pause(2), std::chrono::seconds(1));
  EXPECT_EQ(restart_pause(5), std::chrono::seconds(8));
  EXPECT_EQ(restart_pause(1000), std::chrono::seconds(15));
}

TEST(RunFolder, IsLockedByOneAtATime) {
  const TemporaryFolder data;
  const RunFolder folder(data.path());
  EXPECT_EQ(*folder.holder(), std::nullopt);
  {
    const Result<UniqueFd> lock = folder.lock();
    ASSERT_TRUE(lock.ok()) << lock.error().message();
    EXPECT_EQ(*folder.holder(), ::getpid());
    const Result<UniqueFd> second = folder.lock();
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code(), ErrorCode::Busy);
  }
  EXPECT_EQ(*folder.holder(), std::nullopt);
}

TEST(RunFolder, DoesNotTakeAnotherProcessForTheChildThatHadItsPid) {
  const TemporaryFolder data;
  const RunFolder folder(data.path());
  ASSERT_TRUE(ensure_directory(folder.path(), 0700).ok());
  ASSERT_TRUE(folder.record_child("server", ::getpid()).ok());
  EXPECT_EQ(folder.living_child("server"), ::getpid());
  // A shell's $(cat server.pid) is one word: another would be a process as well, or a thread.
  EXPECT_EQ(*read_file(folder.path() + "/server.pid", 64), fmt::format("{}\n", ::getpid()));
  ASSERT_TRUE(write_file_atomic(folder.path() + "/server.started", "1\n", 0600).ok());
  EXPECT_EQ(folder.living_child("server"), std::nullopt);
  ASSERT_TRUE(folder.record_child("server", 0).ok());
  EXPECT_EQ(folder.living_child("server"), std::nullopt);
}

TEST(UpReport, ComesBackAsItWasWrittenWhateverThePipeDidToIt) {
  const std::string wire =
      encode({.kind = UpReport::Kind::Progress, .text = "waiting for the server"}) +
      encode({.kind = UpReport::Kind::Failed, .exit_code = 78, .text = "two\nlines\n"});
  std::string received;
  std::vector<UpReport> reports;
  for (std::size_t i = 0; i <= wire.size(); ++i) {
    if (i < wire.size()) received += wire[i];
    while (const auto report = take_report(received, i == wire.size())) reports.push_back(*report);
  }
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].text, "waiting for the server");
  EXPECT_EQ(reports[1].kind, UpReport::Kind::Failed);
  EXPECT_EQ(reports[1].exit_code, 78);
  EXPECT_EQ(reports[1].text, "two\nlines\n");
}

}  // namespace
}  // namespace tusker::cli
