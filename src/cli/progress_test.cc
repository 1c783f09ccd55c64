#include "cli/progress.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/testing/fake_clock.h"
#include "cli/answer.h"
#include "cli/exit_codes.h"
#include "cli/testing/fake_console.h"
#include "cli/testing/fake_server.h"
#include "cli/wait_flow.h"

namespace tusker::cli {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

FlowView flow(std::vector<FlowView::Stage> stages,
              std::string stage,
              const std::string& waiting_for) {
  FlowView out;
  out.id = 7;
  out.kind = "CREATE";
  out.stage = std::move(stage);
  out.outcome = "UNFINISHED";
  if (!waiting_for.empty()) out.waiting_for = {waiting_for};
  out.stages = std::move(stages);
  return out;
}

const FlowView::Stage kNodesEnded{.name = "start-nodes", .ended = true, .milliseconds = 1800};
const FlowView::Stage kRoles{.name = "start-roles", .milliseconds = 10};

TEST(Progress, WritesALineForEachEndedStageAndEachNewThingWaitedFor) {
  FakeConsole fake;
  ProgressView view(fake.console);
  view.update(flow({}, "start-nodes", "node core-1"), milliseconds(0));
  view.update(flow({}, "start-nodes", "node core-1"), milliseconds(1000));
  view.update(flow({kNodesEnded, kRoles}, "start-roles", "NameNode on master-1: Loading edits"),
              milliseconds(2000));
  view.update(flow({kNodesEnded, kRoles}, "start-roles", "NameNode on master-1: Loading edits"),
              milliseconds(3000));
  EXPECT_EQ(fake.err,
            "   0.0 s  start-nodes: waiting for node core-1\n"
            "   2.0 s  start-nodes ended after 1.8 s\n"
            "   3.0 s  start-roles: waiting for NameNode on master-1: Loading edits\n");
}

TEST(Progress, PrefersWhatComesWithALogLineAndSaysHowManyMoreThereAre) {
  FakeConsole fake;
  ProgressView view(fake.console);
  FlowView several = flow({}, "start-services", "");
  several.waiting_for = {"core-1: not started yet",
                         "NameNode on master-1: safe mode | Loading edits"};
  view.update(several, milliseconds(0));
  EXPECT_EQ(fake.err,
            "   0.0 s  start-services: waiting for (1 of 2) NameNode on master-1: safe mode | "
            "Loading edits\n");
}

TEST(Progress, IsNeverSilentForThreeSeconds) {
  FakeConsole fake;
  ProgressView view(fake.console);
  Duration last{};
  for (Duration now{}; now < std::chrono::seconds(20); now += milliseconds(500)) {
    const std::size_t before = fake.err.size();
    view.update(flow({}, "start-roles", "the same thing"), now);
    if (fake.err.size() > before) last = now;
    EXPECT_LE(now - last, milliseconds(2999));
  }
}

TEST(Progress, RewritesOneLineOnATerminalAndCutsItToTheWidth) {
  FakeConsole fake({.err_is_terminal = true, .columns = 30});
  ProgressView view(fake.console);
  view.update(flow({}, "start-nodes", "node core-1"), milliseconds(500));
  view.update(flow({kNodesEnded, kRoles}, "start-roles", ""), milliseconds(1500));
  view.finish();
  EXPECT_EQ(fake.err,
            "\r\033[K   0.5 s  start-nodes: waiti…"
            "\r\033[K   1.5 s  start-nodes ended after 1.8 s\n"
            "\r\033[K   1.5 s  start-roles"
            "\r\033[K");
}

TEST(Progress, SaysThatWhatWasMadeIsBeingRemoved) {
  FakeConsole fake;
  ProgressView view(fake.console);
  FlowView unwinding = flow({}, "remove-nodes", "core-2");
  unwinding.unwinding = true;
  view.update(unwinding, milliseconds(0));
  EXPECT_EQ(fake.err, "   0.0 s  removing what was made, remove-nodes: waiting for core-2\n");
}

json::value answer_of(const std::string& outcome) {
  return {{"Flows",
           {{{"FlowId", 7},
             {"Kind", "CREATE"},
             {"Stage", "start-roles"},
             {"Outcome", outcome},
             {"WaitingFor", json::array{"NameNode"}},
             {"Stages", json::array()}}}}};
}

class WaitForFlow : public ::testing::Test {
 protected:
  Result<FlowView> wait(int pauses_until_interrupt = 1000) {
    const ApiClient client({.host = "127.0.0.1", .port = 1, .secret_id = "id", .secret_key = "key"},
                           clock_,
                           server_.post());
    WaitOptions options;
    options.timeout = std::chrono::seconds(30);
    options.pause = [this, left = pauses_until_interrupt](Duration pause) mutable {
      clock_.advance(pause);
      return --left < 0;
    };
    return wait_for_flow(client, fake_.console, "emr-aaaaaaaa", "CREATE", options);
  }
  FakeClock clock_;
  FakeServer server_;
  FakeConsole fake_;
};

TEST_F(WaitForFlow, EndsWithTheFlowAlsoWhenTheServerWasAwayMeanwhile) {
  server_.answer("DescribeFlows", {answer_of("UNFINISHED"), nullptr, nullptr, answer_of("DONE")});
  const Result<FlowView> flow = wait();
  ASSERT_TRUE(flow.ok()) << flow.error().message();
  EXPECT_TRUE(flow->succeeded());
}

TEST_F(WaitForFlow, SaysHowToGoOnWhenTheTimeIsOver) {
  server_.answer("DescribeFlows", {answer_of("UNFINISHED")});
  const Result<FlowView> flow = wait();
  ASSERT_FALSE(flow.ok());
  EXPECT_EQ(exit_code_of(flow.error()), kTimedOut);
  EXPECT_EQ(flow.error().message(),
            "the time to wait is over; the operation goes on. See it with: tusker flow show 7");
}

TEST_F(WaitForFlow, LeavesTheFlowAloneOnCtrlC) {
  server_.answer("DescribeFlows", {answer_of("UNFINISHED")});
  const Result<FlowView> flow = wait(2);
  ASSERT_FALSE(flow.ok());
  EXPECT_EQ(exit_code_of(flow.error()), kInterrupted);
  for (const FakeServer::Call& call : server_.calls) EXPECT_EQ(call.action, "DescribeFlows");
}

// A terminated cluster's newest flow is of another kind for a moment; and a refused key does not
// mend itself.
TEST_F(WaitForFlow, EndsAtOnceWhenTheServerRefuses) {
  server_.answer("DescribeFlows",
                 {{{"Error", {{"Code", "AuthFailure.SecretIdNotFound"}, {"Message", "no"}}}}});
  const Result<FlowView> flow = wait();
  ASSERT_FALSE(flow.ok());
  EXPECT_EQ(flow.error().code(), ErrorCode::Unauthenticated);
  EXPECT_EQ(server_.calls.size(), 1U);
}

TEST(RenderFlow, ShowsWhyItFailedDownToTheLogLines) {
  const json::object info = json::parse(R"({
    "FlowId": 12, "Kind": "CREATE", "InstanceId": "emr-aaaaaaaa", "InstanceName": "wordcount", "Stage": "start-roles",
    "Direction": "UNWINDING", "Outcome": "FAILED", "StartTime": "2026-11-25 01:00:00", "EndTime": "2026-11-25 01:02:00",
    "Stages": [{"Name": "start-nodes", "Direction": "FORWARD", "Status": "DONE", "Milliseconds": 1800}],
    "FailedReason": {"Stage": "start-roles", "Host": "a", "Node": "core-1", "Role": "DataNode", "What": "start role",
                     "Command": "java DataNode", "ExitCode": 143, "Message": "ended again and again",
                     "Log": ["first \u001b[31m", "second"]}})")
                                .as_object();
  EXPECT_EQ(
      render_flow(read_flow(info)),
      "core-1 on host a: DataNode: ended again and again; see its log: tusker logs emr-aaaaaaaa "
      "core-1 DataNode\n"
      "\n"
      "flow     12\n"
      "kind     CREATE\n"
      "cluster  wordcount (emr-aaaaaaaa)\n"
      "state    failed\n"
      "started  2026-11-25 01:00:00\n"
      "ended    2026-11-25 01:02:00\n"
      "\n"
      "STAGE        DIRECTION  TOOK\n"
      "start-nodes  forward    1.8 s\n"
      "\n"
      "stage      start-roles\n"
      "doing      start role\n"
      "host       a\n"
      "node       core-1\n"
      "role       DataNode\n"
      "command    java DataNode\n"
      "exit code  143\n"
      "last 2 log lines:\n"
      "  first ?[31m\n"
      "  second\n");
}

}  // namespace
}  // namespace tusker::cli
