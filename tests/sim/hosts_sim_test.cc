// What operators do to hosts, through crashes at every commit: orphans are removed as asked and
// nothing else is; a host that is forgotten blocks nobody and does not come back. Each failure
// prints the seed that repeats it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "sim/scenarios.h"

namespace tusker::sim {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLimit = 60min;
// Each node of a cluster on one of its own.
constexpr int kHosts = 4;

std::uint64_t first_seed() {
  const char* given = std::getenv("TK_SIM_SEED");
  return given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
}

// Asks for something until it is answered: again after each crash, and while it is refused.
class Asked {
 public:
  using Ask = std::function<Result<std::shared_ptr<const bool>>()>;
  Asked(World& world, Ask ask) : world_(world), ask_(std::move(ask)) {}

  bool answered() {
    if (done_) return true;
    if (seen_crashes_ != world_.crashes()) told_.reset();
    seen_crashes_ = world_.crashes();
    if (told_ == nullptr) {
      Result<std::shared_ptr<const bool>> told = ask_();
      if (told.ok()) told_ = *told;
    }
    done_ = told_ != nullptr && *told_;
    return done_;
  }

 private:
  World& world_;
  Ask ask_;
  std::shared_ptr<const bool> told_;
  int seen_crashes_ = 0;
  bool done_ = false;
};

// Calls `run` with a crash before, or after, every commit that it makes, until it makes no more.
void with_a_crash_at_every_commit(const std::function<void(World& world)>& run) {
  for (const bool after : {false, true}) {
    for (int crash_at = 1;; ++crash_at) {
      const std::uint64_t seed = first_seed() + static_cast<std::uint64_t>(crash_at);
      SCOPED_TRACE(fmt::format(
          "TK_SIM_SEED={} crash {} commit {}", seed, after ? "after" : "before", crash_at));
      World world(seed, kHosts);
      world.crash_at = crash_at;
      world.crash_after = after;
      run(world);
      EXPECT_EQ(world.broken(), "");
      if (testing::Test::HasFailure()) return;
      if (world.crashes() == 0) break;  // past the last commit: every crash point was covered
    }
  }
}

TEST(HostsSim, OrphansAreRemovedAsAskedAndNothingElse) {
  with_a_crash_at_every_commit([](World& world) {
    create_and_run(world);
    const std::size_t host = world.host_of("core-1");
    const std::string goes = world.plant_orphan(host);
    const std::string stays = world.plant_orphan(host);
    const std::string elsewhere = world.plant_orphan(world.host_of("core-2"));
    world.run_until_quiet();
    world.arm();
    Asked asked(world, [&]() -> Result<std::shared_ptr<const bool>> {
      // It was done, and the crash took only the answer along.
      if (!world.agent(host).nodes().contains(goes)) return std::make_shared<const bool>(true);
      return world.clean(host, {goes});
    });
    ASSERT_TRUE(world.run_until(
        [&] {
          return asked.answered() && !world.agent(host).nodes().contains(goes) &&
                 world.model().host(world.host_id(host))->orphans_removed().empty();
        },
        kLimit));
    world.run_until_quiet();
    EXPECT_TRUE(world.agent(host).nodes().contains(stays));
    EXPECT_TRUE(world.agent(world.host_of("core-2")).nodes().contains(elsewhere));
    for (const store::Node& node : world.rows()) {
      const auto& there = world.agent(world.host_of(node.name())).nodes();
      ASSERT_TRUE(there.contains(node.id()));
      EXPECT_EQ(there.at(node.id()).container_starts, 1) << node.name();
    }
  });
}

TEST(HostsSim, AHostIsNotForgottenWhileItMayComeBack) {
  World world(first_seed(), kHosts);
  create_and_run(world);
  const std::size_t host = world.host_of("core-2");
  EXPECT_EQ(world.forget(host).error().code(), ErrorCode::FailedPrecondition);
  world.arm();
  world.trouble.kind = Trouble::Kind::HostNeverThere;
  world.run_until([&] { return !world.model().observed(world.host_id(host))->connected; }, 1min);
  EXPECT_EQ(world.forget(host).error().code(), ErrorCode::FailedPrecondition);
  world.crash_at = world.commits() + 1;
  EXPECT_TRUE(world.terminate().ok());
  world.run_until([&] { return world.crashes() == 1; }, 1min);
  EXPECT_EQ(world.forget(host).error().code(), ErrorCode::FailedPrecondition)
      << "silence counts from when the server is back";
  EXPECT_NE(world.model().host(world.host_id(host)), nullptr);
}

// A flow that the silence of a host blocks, or is about to.
struct Blocked {
  const char* name;
  void (*prepare)(World& world);
  Result<FlowId> (*begin)(World& world);
  const char* node;              // whose host is away
  store::Flow::Outcome outcome;  // once the host is forgotten
  store::Cluster::State state;
  std::size_t nodes;  // that have rows then
};

class ForgottenHost : public testing::TestWithParam<Blocked> {};

TEST_P(ForgottenHost, LetsTheFlowThatItBlockedGoOnAndDoesNotComeBack) {
  const Blocked& blocked = GetParam();
  with_a_crash_at_every_commit([&](World& world) {
    blocked.prepare(world);
    world.run_until_quiet();
    world.trouble.kind = Trouble::Kind::HostNeverThere;
    world.trouble.node = blocked.node;
    ASSERT_TRUE(blocked.begin(world).ok());
    const std::size_t host = world.host_of(blocked.node);
    world.run_until_quiet();
    const std::int64_t flow = world.last_flow()->id();
    ASSERT_EQ(world.last_flow()->outcome(), store::Flow::UNFINISHED) << "nothing blocks it";
    world.arm();
    Asked asked(world, [&]() -> Result<std::shared_ptr<const bool>> {
      if (world.model().host(world.host_id(host)) == nullptr)
        return std::make_shared<const bool>(true);
      return world.forget(host);
    });
    ASSERT_TRUE(world.run_until(
        [&] { return asked.answered() && world.last_flow()->outcome() != store::Flow::UNFINISHED; },
        kLimit));
    world.run_until_quiet();
    EXPECT_EQ(world.last_flow()->id(), flow);
    EXPECT_EQ(world.last_flow()->outcome(), blocked.outcome)
        << world.last_flow()->reason().message();
    EXPECT_EQ(world.cluster()->state(), blocked.state);
    EXPECT_EQ(world.rows().size(), blocked.nodes);
    // Its agent has been dialling again since its node has no row.
    EXPECT_EQ(world.model().host(world.host_id(host)), nullptr);
    EXPECT_EQ(world.model().observed(world.host_id(host)), nullptr);
    EXPECT_EQ(world.model().reserved_on(world.host_id(host)).memory_bytes, 0U);
  });
}

void nothing(World&) {}

INSTANTIATE_TEST_SUITE_P(
    Flows,
    ForgottenHost,
    testing::Values(Blocked{"Create",
                            nothing,
                            [](World& world) { return world.create(2); },
                            "core-2",
                            store::Flow::FAILED,
                            store::Cluster::CREATE_FAILED,
                            0},
                    Blocked{"Terminate",
                            create_and_run,
                            [](World& world) { return world.terminate(); },
                            "core-2",
                            store::Flow::DONE,
                            store::Cluster::TERMINATED,
                            0},
                    Blocked{"ScaleOut",
                            create_and_run,
                            [](World& world) { return world.scale_out(); },
                            "core-3",
                            store::Flow::FAILED,
                            store::Cluster::RUNNING,
                            3},
                    Blocked{"ScaleIn",
                            create_and_run,
                            [](World& world) { return world.scale_in("core-2"); },
                            "core-2",
                            store::Flow::DONE,
                            store::Cluster::RUNNING,
                            2},
                    Blocked{"Restart",
                            create_and_run,
                            [](World& world) {
                              return world.operate(store::RoleOperation::RESTART, 1);
                            },
                            "core-2",
                            store::Flow::FAILED,  // on one node it was not done

                            store::Cluster::RUNNING,
                            2},
                    Blocked{"Restore",
                            create_and_copy,
                            [](World& world) { return world.restore(); },
                            "master-1",
                            store::Flow::FAILED,
                            store::Cluster::RUNNING,
                            2}),
    [](const auto& each) { return each.param.name; });

// No flow runs: the others' files are without it all the same, and the cluster can grow again.
TEST(HostsSim, TheOthersOfARunningClusterForgetTheNodesOfAForgottenHost) {
  with_a_crash_at_every_commit([](World& world) {
    create_and_run(world);
    const std::size_t host = world.host_of("core-2");
    world.trouble.kind = Trouble::Kind::HostNeverThere;
    world.arm();
    Asked asked(world, [&]() -> Result<std::shared_ptr<const bool>> {
      if (world.model().host(world.host_id(host)) == nullptr)
        return std::make_shared<const bool>(true);
      return world.forget(host);
    });
    ASSERT_TRUE(world.run_until([&] { return asked.answered(); }, kLimit));
    world.run_until_quiet();
    ASSERT_EQ(world.rows().size(), 2U);
    for (const store::Node& node : world.rows()) {
      for (const store::File& file : node.files()) {
        if (file.path() != "members") continue;
        const std::string& text = world.model().file(file.digest())->content();
        EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
      }
    }
    ASSERT_TRUE(world.scale_out().ok());
    ASSERT_TRUE(world.run_until(
        [&] { return world.last_flow()->outcome() != store::Flow::UNFINISHED; }, kLimit));
    EXPECT_EQ(world.last_flow()->outcome(), store::Flow::DONE)
        << world.last_flow()->reason().message();
  });
}

}  // namespace
}  // namespace tusker::sim
