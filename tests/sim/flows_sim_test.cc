// Every registered flow, through everything that can happen to it: crashes at every commit, checks
// that fail, messages lost, late and doubled, cancels before every commit, also while it unwinds.
// Each failure prints the seed that repeats it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "sim/scenarios.h"

namespace tusker::sim {
namespace {

using namespace std::chrono_literals;

std::uint64_t first_seed() {
  const char* given = std::getenv("TK_SIM_SEED");
  return given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
}

// Past every deadline, with time left to take things back.
constexpr Duration kLimit = 60min;

struct Ending {
  bool ended = false;
  bool blocked = false;
  store::Flow flow;
  Standing standing;
};

bool has_ended_flow(World& world) {
  const store::Flow* flow = world.last_flow();
  return flow != nullptr && flow->outcome() != store::Flow::UNFINISHED;
}

bool is_blocked(World& world) {
  const store::Flow* flow = world.last_flow();
  if (flow == nullptr || flow->outcome() != store::Flow::UNFINISHED) return false;
  const Result<FlowProgress> progress = world.controller().flow_progress(FlowId{flow->id()});
  return progress.ok() && progress->standing.blocked;
}

// Whether the server holds the operation that a client asked for; after a crash it may not, and the
// client asks again.
bool holds_operation(World& world, const ScenarioFunctions& scenario) {
  const store::Flow* flow = world.last_flow();
  return flow != nullptr && definition_of(flow->kind()).name == scenario.name &&
         (scenario.is_it == nullptr || scenario.is_it(*flow));
}

Ending run(World& world, const ScenarioFunctions& scenario) {
  const Result<FlowId> begun = scenario.begin(world);
  EXPECT_TRUE(begun.ok()) << (begun.ok() ? "" : begun.error().message());
  int seen_crashes = world.crashes();
  bool asks_again = false;
  Ending ending;
  world.run_until(
      [&] {
        if (world.crashes() != seen_crashes) {
          seen_crashes = world.crashes();
          asks_again = !holds_operation(world, scenario);
        }
        // It may be refused until agents are back: what they see decides.
        if (asks_again) asks_again = !scenario.begin(world).ok();
        return !asks_again && (has_ended_flow(world) || is_blocked(world));
      },
      kLimit);
  ending.ended = has_ended_flow(world);
  ending.blocked = is_blocked(world);
  if (const store::Flow* flow = world.last_flow()) {
    ending.flow = *flow;
    const Result<FlowProgress> progress = world.controller().flow_progress(FlowId{flow->id()});
    if (progress.ok()) ending.standing = progress->standing;
  }
  world.run_until_quiet();
  EXPECT_EQ(world.broken(), "");
  return ending;
}

// A build with sanitizers is a hundred times slower, and looks at the code, not at which commit a
// crash met: it sees one crash or message of this many, the release build each.
#ifdef __SANITIZE_ADDRESS__
constexpr int kThinning = 25;
#else
constexpr int kThinning = 1;
#endif

class EveryFlow : public testing::TestWithParam<ScenarioFunctions> {
 protected:
  // The seed's world, with the flow about to begin.
  std::unique_ptr<World> make_world(std::uint64_t seed) {
    auto world = std::make_unique<World>(seed);
    GetParam().prepare(*world);
    EXPECT_EQ(world->broken(), "");
    world->arm();
    return world;
  }
  void expect_good_end(World& world, const Ending& ending) {
    ASSERT_TRUE(ending.ended) << "waits for "
                              << (ending.standing.waiting_for.empty()
                                      ? "nothing"
                                      : ending.standing.waiting_for.front());
    EXPECT_EQ(GetParam().wrong_end(world, ending.flow), "");
  }
};

TEST_P(EveryFlow, EndsWellWhenNothingGoesWrong) {
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 30; ++seed) {
    SCOPED_TRACE(fmt::format("TK_SIM_SEED={}", seed));
    const auto world = make_world(seed);
    const Ending ending = run(*world, GetParam());
    expect_good_end(*world, ending);
    EXPECT_EQ(ending.flow.outcome(), store::Flow::DONE) << ending.flow.reason().message();
    if (HasFailure()) return;
  }
}

TEST_P(EveryFlow, NamesATroubleForEachOfItsStages) {
  std::set<std::string_view> troubled;
  for (const StageTroubles& stage : GetParam().troubles()) {
    troubled.insert(stage.stage);
    EXPECT_TRUE(!stage.cannot_fail.empty() || (!stage.once.empty() && !stage.for_ever.empty()))
        << stage.stage;
  }
  for (const auto& definition : kFlowDefinitions) {
    if (definition().name != GetParam().name) continue;
    for (const auto stages : {definition().forward, definition().unwinding}) {
      for (const Stage& stage : stages) EXPECT_TRUE(troubled.contains(stage.name)) << stage.name;
    }
  }
}

TEST_P(EveryFlow, EndsTheSameAfterALossOfPowerBeforeOrAfterAnyCommit) {
  for (const bool after : {false, true}) {
    for (int crash_at = 1;; ++crash_at) {
      const std::uint64_t seed = first_seed() + static_cast<std::uint64_t>(crash_at);
      SCOPED_TRACE(fmt::format(
          "TK_SIM_SEED={} crash {} commit {}", seed, after ? "after" : "before", crash_at));
      const auto world = make_world(seed);
      world->crash_at = crash_at;
      world->crash_after = after;
      const Ending ending = run(*world, GetParam());
      expect_good_end(*world, ending);
      EXPECT_EQ(ending.flow.outcome(), store::Flow::DONE) << ending.flow.reason().message();
      if (HasFailure()) return;
      if (world->crashes() == 0) break;  // past the last commit: every crash point was covered
    }
  }
}

TEST_P(EveryFlow, SurvivesATransientFailureOfAnyCheckAlsoWithCrashes) {
  for (const StageTroubles& stage : GetParam().troubles()) {
    for (const Trouble& trouble : stage.once) {
      for (int crash_at = 0;; crash_at += kThinning) {
        const std::uint64_t seed = first_seed() + static_cast<std::uint64_t>(crash_at);
        SCOPED_TRACE(fmt::format("TK_SIM_SEED={} stage {} trouble {} crash before commit {}",
                                 seed,
                                 stage.stage,
                                 static_cast<int>(trouble.kind),
                                 crash_at));
        const auto world = make_world(seed);
        world->trouble = trouble;
        world->crash_at = crash_at;
        const Ending ending = run(*world, GetParam());
        expect_good_end(*world, ending);
        EXPECT_EQ(ending.flow.outcome(),
                  trouble.also_node_fails ? store::Flow::FAILED : store::Flow::DONE);
        if (HasFailure()) return;
        if (crash_at > 0 && world->crashes() == 0) break;
      }
    }
  }
}

TEST_P(EveryFlow, UnwindsOrSaysWhatBlocksItWhenACheckFailsForEverAlsoWithCrashes) {
  for (const StageTroubles& stage : GetParam().troubles()) {
    for (const Trouble& trouble : stage.for_ever) {
      // Each lasts as long as its deadlines: every 5th commit, beginning elsewhere for each
      // trouble; one crash with sanitizers.
      constexpr int kEvery = 5 * kThinning * kThinning;
      const int first = 1 + static_cast<int>(trouble.kind) * 7 % kEvery;
      for (int crash_at = kThinning == 1 ? 0 : first;;
           crash_at = crash_at == 0 ? first : crash_at + kEvery) {
        const std::uint64_t seed = first_seed() + static_cast<std::uint64_t>(crash_at);
        SCOPED_TRACE(fmt::format("TK_SIM_SEED={} stage {} trouble {} crash after commit {}",
                                 seed,
                                 stage.stage,
                                 static_cast<int>(trouble.kind),
                                 crash_at));
        const auto world = make_world(seed);
        world->trouble = trouble;
        world->crash_at = crash_at;
        world->crash_after = true;
        const Ending ending = run(*world, GetParam());
        if (ending.ended) {
          expect_good_end(*world, ending);
          EXPECT_EQ(ending.flow.outcome(), store::Flow::FAILED);
          EXPECT_NE(ending.flow.reason().message(), "");
        } else {
          EXPECT_TRUE(ending.blocked);
          ASSERT_FALSE(ending.standing.waiting_for.empty());
          const std::string& first_reason = ending.standing.waiting_for.front();
          EXPECT_TRUE(first_reason.find("core-") != std::string::npos ||
                      first_reason.find("master-") != std::string::npos)
              << first_reason;
        }
        if (HasFailure()) return;
        if (crash_at > 0 && world->crashes() == 0) break;
      }
    }
  }
}

TEST_P(EveryFlow, EndsWellWhicheverMessageIsLostLateOrDoubled) {
  for (const auto kind :
       {MessageFault::Kind::Lost, MessageFault::Kind::Late, MessageFault::Kind::Doubled}) {
    for (const bool to_agent : {false, true}) {
      for (int index = 0;; index += kThinning) {
        const std::uint64_t seed = first_seed() + static_cast<std::uint64_t>(index);
        SCOPED_TRACE(fmt::format("TK_SIM_SEED={} fault {} of message {} to the {}",
                                 seed,
                                 static_cast<int>(kind),
                                 index,
                                 to_agent ? "agent" : "server"));
        const auto world = make_world(seed);
        world->fault = {kind, to_agent, index};
        const Ending ending = run(*world, GetParam());
        expect_good_end(*world, ending);
        EXPECT_EQ(ending.flow.outcome(), store::Flow::DONE) << ending.flow.reason().message();
        if (HasFailure()) return;
        if (world->messages(to_agent) <= index) break;
      }
    }
  }
}

// Cancels before the n-th commit: the flow unwinds, or goes on because it says that it cannot be
// cancelled any more.
void run_cancelled(
    World& world, const ScenarioFunctions& scenario, int cancel_at, bool& asked, bool& accepted) {
  world.before_commit = [&world, &asked, &accepted, cancel_at] {
    if (world.commits() != cancel_at || asked) return;
    asked = true;
    const store::Flow* flow = world.last_flow();
    if (flow == nullptr) return;
    const Status cancelled = world.controller().cancel_flow(FlowId{flow->id()}, {});
    accepted = cancelled.ok();
    if (!cancelled.ok()) {
      EXPECT_EQ(cancelled.error().code(), ErrorCode::FailedPrecondition);
    }
  };
  run(world, scenario);
}

TEST_P(EveryFlow, UnwindsWhenItIsCancelledBeforeAnyCommitAlsoWithACrashRightAfter) {
  for (const bool with_crash : {false, true}) {
    for (int cancel_at = 1;; ++cancel_at) {
      const std::uint64_t seed = first_seed() + static_cast<std::uint64_t>(cancel_at);
      SCOPED_TRACE(fmt::format("TK_SIM_SEED={} cancel before commit {}{}",
                               seed,
                               cancel_at,
                               with_crash ? ", crash after the next" : ""));
      const auto world = make_world(seed);
      if (with_crash) {
        world->crash_at = cancel_at + 1;
        world->crash_after = true;
      }
      bool asked = false;
      bool accepted = false;
      run_cancelled(*world, GetParam(), cancel_at, asked, accepted);
      ASSERT_TRUE(has_ended_flow(*world));
      EXPECT_EQ(GetParam().wrong_end(*world, *world->last_flow()), "");
      // A cancel that was not durable when the power went may be lost, and then the flow goes on.
      if (!with_crash) {
        EXPECT_EQ(world->last_flow()->outcome() == store::Flow::CANCELLED, accepted);
      }
      if (HasFailure()) return;
      if (!asked) break;
    }
  }
}

TEST_P(EveryFlow, UnwindsOnceWhenItIsCancelledWhileItUnwinds) {
  for (int cancel_at = 1;; ++cancel_at) {
    const std::uint64_t seed = first_seed() + static_cast<std::uint64_t>(cancel_at);
    SCOPED_TRACE(fmt::format("TK_SIM_SEED={} cancel before commit {}", seed, cancel_at));
    const auto world = make_world(seed);
    world->trouble.kind = Trouble::Kind::NodeFailsPermanently;
    bool asked = false;
    bool accepted = false;
    run_cancelled(*world, GetParam(), cancel_at, asked, accepted);
    ASSERT_TRUE(has_ended_flow(*world));
    EXPECT_EQ(GetParam().wrong_end(*world, *world->last_flow()), "");
    if (HasFailure()) return;
    if (!asked) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Flows,
                         EveryFlow,
                         testing::ValuesIn(all_scenarios()),
                         [](const auto& each) {
                           std::string name(each.param.name);
                           if (!each.param.what.empty()) name += " " + std::string(each.param.what);
                           std::replace(name.begin(), name.end(), ' ', '_');
                           return name;
                         });

}  // namespace
}  // namespace tusker::sim
