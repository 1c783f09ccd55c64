// Jobs, through everything that can happen to them: crashes at every commit, messages lost, late
// and doubled, cancels before every commit. No step ever runs twice, and no job hangs. Each failure
// prints the seed that repeats it.
#include <gtest/gtest.h>

#include <algorithm>

#include "control/jobs.h"
#include "model/cluster_status.h"
#include "sim/scenarios.h"

namespace tusker::sim {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLimit = 60min;

// Steps that end with these codes.
store::Job job_of(const std::vector<int>& codes, bool failure_ends_job = false) {
  store::Job job;
  job.set_name("nightly");
  job.set_state(store::Job::INIT);
  for (const int code : codes) {
    store::Step& step = *job.add_steps();
    step.set_name(fmt::format("step {}", job.steps_size()));
    step.set_type("MR");
    step.add_command("run-step");
    step.add_arguments(std::to_string(code));
    step.set_failure_ends_job(failure_ends_job);
  }
  return job;
}

const store::Job* newest_job(World& world) {
  const auto& jobs = world.model().jobs();
  return jobs.empty() ? nullptr : &jobs.rbegin()->second;
}

bool has_finished(World& world) {
  const store::Job* const job = newest_job(world);
  return job != nullptr && job->state() == store::Job::FINISHED;
}

// Runs the job until it has finished, on a new cluster or on the one there is; asks again when a
// crash took the request along before it was answered.
void run(World& world, const store::Job& job) {
  const auto begin = [&] {
    return job.makes_cluster() ? world.create(2, job).ok() : world.run_job(job).ok();
  };
  bool asked = begin();
  int seen_crashes = world.crashes();
  ASSERT_TRUE(world.run_until(
      [&] {
        if (world.crashes() != seen_crashes) {
          seen_crashes = world.crashes();
          asked = newest_job(world) != nullptr;
        }
        if (!asked) asked = begin();
        // The create's flow makes room for the next one's.
        if (newest_job(world) != nullptr &&
            newest_job(world)->state() > store::Job::RESOURCE_APPLIED)
          world.forget_answer();
        return asked && has_finished(world);
      },
      kLimit))
      << "state "
      << (newest_job(world) == nullptr ? "none"
                                       : store::Job::State_Name(newest_job(world)->state()))
      << ", its cluster "
      << (world.cluster() == nullptr ? "none" : std::string(status_text(*world.cluster())))
      << ", broken: " << world.broken();
  world.run_until([] { return false; }, 30s);  // also what is late arrives
  EXPECT_EQ(world.broken(), "");
  for (const auto& [task, starts] : world.task_starts()) EXPECT_EQ(starts, 1) << task;
  for (const SimAgent::Node* const node : world.containers()) {
    for (const link::Task& task : node->spec.tasks())
      EXPECT_FALSE(task.id().starts_with("job-")) << "an ended step is still desired";
  }
}

// One of its steps.
bool has_begun(World& world) {
  const auto starts = world.task_starts();
  return std::any_of(starts.begin(), starts.end(), [](const auto& task) {
    return task.first.starts_with("job-");
  });
}

std::string states(const store::Job& job) {
  std::string text;
  for (const store::Step& step : job.steps())
    text += (text.empty() ? "" : " ") + store::Step::State_Name(step.state());
  return text;
}

std::unique_ptr<World> running_cluster(std::uint64_t seed) {
  auto world = std::make_unique<World>(seed);
  create_and_run(*world);
  world->arm();
  return world;
}

// The job's life with a crash at each of its commits, until there is none left.
template <typename Check>
void crash_everywhere(bool new_cluster, const store::Job& job, Check check) {
  for (const bool after : {false, true}) {
    for (int crash_at = 0;; ++crash_at) {
      SCOPED_TRACE(fmt::format(
          "seed {} crash {} commit {}", crash_at + 1, after ? "after" : "before", crash_at));
      const auto seed = static_cast<std::uint64_t>(crash_at + 1);
      const auto world = new_cluster ? std::make_unique<World>(seed) : running_cluster(seed);
      if (new_cluster) world->arm();
      world->crash_at = crash_at;
      world->crash_after = after;
      run(*world, job);
      if (!testing::Test::HasFailure()) check(*world, *newest_job(*world));
      if (testing::Test::HasFailure()) return;
      if (crash_at > 0 && world->crashes() == 0) break;
    }
  }
}

TEST(Jobs, RunStepAfterStepWhateverCrashes) {
  crash_everywhere(false, job_of({0, 7, 0}), [](World& world, const store::Job& job) {
    EXPECT_EQ(states(job), "SUCCEEDED FAILED SUCCEEDED");
    EXPECT_EQ(job.steps(1).reason().exit_code(), 7);
    EXPECT_NE(job.steps(1).reason().message().find("the last words"), std::string::npos);
    EXPECT_EQ(job.steps(2).applications(0), "application_1_" + task_id(job, 3));
    EXPECT_EQ(world.cluster()->state(), store::Cluster::RUNNING);
  });
}

TEST(Jobs, EndTheirClusterWhenAStepFailsThatSaysSo) {
  crash_everywhere(false, job_of({0, 7, 0}, true), [](World& world, const store::Job& job) {
    EXPECT_EQ(states(job), "SUCCEEDED FAILED CANCELLED");
    EXPECT_EQ(world.cluster()->state(), store::Cluster::TERMINATED);
    EXPECT_TRUE(world.containers().empty());
  });
}

TEST(Jobs, MakeTheirClusterAndEndIt) {
  store::Job job = job_of({0});
  job.set_makes_cluster(true);
  job.set_ends_cluster(true);
  crash_everywhere(true, job, [](World& world, const store::Job& ended) {
    EXPECT_EQ(states(ended), "SUCCEEDED");
    EXPECT_EQ(world.cluster()->state(), store::Cluster::TERMINATED);
    EXPECT_TRUE(world.containers().empty());
  });
}

TEST(Jobs, SayWhyWhenTheirClusterCouldNotBeMade) {
  World world(1);
  world.trouble.kind = Trouble::Kind::NodeFailsPermanently;
  world.arm();
  store::Job job = job_of({0});
  job.set_makes_cluster(true);
  run(world, job);
  EXPECT_EQ(states(*newest_job(world)), "CANCELLED");
  EXPECT_EQ(newest_job(world)->reason().message(), world.cluster()->failure().message());
}

TEST(Jobs, EndWithTheirCluster) {
  const auto world = running_cluster(1);
  ASSERT_TRUE(world->run_job(job_of({0, 0})).ok());
  world->run_until([&] { return has_begun(*world); }, 1min);
  ASSERT_TRUE(world->terminate().ok());
  ASSERT_TRUE(world->run_until([&] { return has_finished(*world); }, kLimit));
  EXPECT_EQ(states(*newest_job(*world)), "CANCELLED CANCELLED");
  EXPECT_NE(newest_job(*world)->reason().message(), "");
}

TEST(Jobs, EndWellWhicheverMessageIsLostLateOrDoubled) {
  for (const auto kind :
       {MessageFault::Kind::Lost, MessageFault::Kind::Late, MessageFault::Kind::Doubled}) {
    for (const bool to_agent : {false, true}) {
      for (int index = 0;; ++index) {
        SCOPED_TRACE(fmt::format("seed {} fault {} of message {} to the {}",
                                 index + 1,
                                 static_cast<int>(kind),
                                 index,
                                 to_agent ? "agent" : "server"));
        const auto world = running_cluster(static_cast<std::uint64_t>(index + 1));
        world->fault = {kind, to_agent, index};
        run(*world, job_of({0, 0}));
        if (HasFailure()) return;
        EXPECT_EQ(states(*newest_job(*world)), "SUCCEEDED SUCCEEDED");
        if (world->messages(to_agent) <= index) break;
      }
    }
  }
}

TEST(Jobs, EndWhatRunsWhenTheyAreCancelledBeforeAnyCommit) {
  for (int cancel_at = 1;; ++cancel_at) {
    SCOPED_TRACE(fmt::format("seed {} cancel before commit {}", cancel_at, cancel_at));
    const auto world = running_cluster(static_cast<std::uint64_t>(cancel_at));
    bool asked = false;
    bool accepted = false;
    world->before_commit = [&] {
      if (world->commits() != cancel_at || asked || newest_job(*world) == nullptr) return;
      asked = true;
      accepted = world->controller().cancel_job(JobId{newest_job(*world)->id()}, {}).ok();
    };
    run(*world, job_of({0, 0, 0}));
    if (HasFailure()) return;
    const std::string ended = states(*newest_job(*world));
    // One that had ended before it heard of the cancel has succeeded.
    if (accepted) {
      EXPECT_TRUE(ended.ends_with("CANCELLED") || ended == "SUCCEEDED SUCCEEDED SUCCEEDED")
          << ended;
    }
    EXPECT_EQ(ended.find("FAILED"), std::string::npos) << ended;
    if (!asked) break;
  }
}

}  // namespace
}  // namespace tusker::sim
