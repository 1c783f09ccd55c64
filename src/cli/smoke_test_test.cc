#include "cli/smoke_test.h"

#include <gtest/gtest.h>

#include "base/testing/fake_clock.h"
#include "cli/testing/fake_console.h"

namespace tusker::cli {
namespace {

class SmokeTest : public ::testing::Test {
 protected:
  Status run() {
    return run_smoke_test(
        steps_,
        [this](const std::vector<std::string>& argv) -> Result<CapturedRun> {
          ran_.push_back(argv.front());
          clock_.advance(std::chrono::milliseconds(1500));
          return answers_.at(ran_.size() - 1);
        },
        clock_,
        fake_.console);
  }
  static CapturedRun ended(int code, std::string output) {
    return {{.exit_code = code, .failure = ""}, std::move(output)};
  }

  const std::vector<SmokeStep> steps_ = {
      {"write", {"put", "a b"}, ""}, {"read", {"get"}, "works"}, {"remove", {"rm"}, ""}};
  std::vector<Result<CapturedRun>> answers_ = {ended(0, ""), ended(0, "it works\n"), ended(0, "")};
  std::vector<std::string> ran_;
  FakeClock clock_;
  FakeConsole fake_;
};

TEST_F(SmokeTest, RunsEveryStepAndSaysHowLongItTook) {
  EXPECT_TRUE(run().ok());
  EXPECT_EQ(fake_.out, "ok      write (1.5 s)\nok      read (1.5 s)\nok      remove (1.5 s)\n");
}

TEST_F(SmokeTest, StopsAtTheFirstStepThatFailsAndShowsAllThatItWrote) {
  answers_[0] = ended(1, "no space left\nreally\x1b[2J");
  const Status status = run();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message(), "step \"write\" failed");
  EXPECT_EQ(ran_.size(), 1U);
  EXPECT_EQ(fake_.out,
            "FAILED  write: it ended with exit code 1\n        'put' 'a b'\n"
            "no space left\nreally?[2J\n");
}

TEST_F(SmokeTest, WantsTheTextThatAStepShouldSay) {
  answers_[1] = ended(0, "something else");
  EXPECT_FALSE(run().ok());
  EXPECT_NE(fake_.out.find("its output has no \"works\""), std::string::npos) << fake_.out;
}

TEST_F(SmokeTest, IsNoFailureOfTheComponentWhenSomebodyStopsIt) {
  answers_[1] = Error(ErrorCode::Cancelled, "interrupted");
  const Status status = run();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), ErrorCode::Cancelled);
  EXPECT_EQ(fake_.out.find("FAILED"), std::string::npos);
}

TEST(WithNeeded, NamesWhatIsNeededFirst) {
  const Definitions definitions = built_in_definitions().value();
  const ReleaseDefinition& release = definitions.releases.front();
  EXPECT_EQ(with_needed(definitions, release, "hdfs").value(), std::vector<std::string>{"hdfs"});
  EXPECT_EQ(with_needed(definitions, release, "sparkconnect").value(),
            (std::vector<std::string>{"hdfs", "yarn", "spark", "sparkconnect"}));
  const auto unknown = with_needed(definitions, release, "sparc");
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.error().message().find("did you mean 'spark'?"), std::string::npos)
      << unknown.error().message();
}

}  // namespace
}  // namespace tusker::cli
