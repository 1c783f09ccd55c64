#include "model/transitions.h"

#include <gtest/gtest.h>

#include <set>
#include <utility>

namespace tusker {
namespace {

using store::Cluster;
using store::Flow;

TEST(ClusterState, FollowsAnotherOnlyWhereTheTableSaysSo) {
  const std::set<std::pair<int, int>> legal = {{Cluster::STATE_NONE, Cluster::CREATING},
                                               {Cluster::CREATING, Cluster::RUNNING},
                                               {Cluster::CREATING, Cluster::CREATE_FAILED},
                                               {Cluster::RUNNING, Cluster::TERMINATING},
                                               {Cluster::RUNNING, Cluster::SCALING_OUT},
                                               {Cluster::SCALING_OUT, Cluster::RUNNING},
                                               {Cluster::RUNNING, Cluster::SCALING_IN},
                                               {Cluster::SCALING_IN, Cluster::RUNNING},
                                               {Cluster::CREATE_FAILED, Cluster::TERMINATING},
                                               {Cluster::TERMINATING, Cluster::TERMINATED},
                                               {Cluster::TERMINATING, Cluster::RUNNING}};
  for (int from = Cluster::State_MIN; from <= Cluster::State_MAX; ++from) {
    for (int to = Cluster::State_MIN; to <= Cluster::State_MAX; ++to) {
      const auto before = static_cast<Cluster::State>(from);
      const auto after = static_cast<Cluster::State>(to);
      const bool again = from == to && from != Cluster::STATE_NONE;
      EXPECT_EQ(may_follow(before, after), again || legal.count({from, to}) > 0)
          << Cluster::State_Name(after) << " after " << Cluster::State_Name(before);
    }
  }
}

TEST(ClusterState, ThatHasEndedHasNoNodesLeft) {
  for (int number = Cluster::State_MIN; number <= Cluster::State_MAX; ++number) {
    const auto state = static_cast<Cluster::State>(number);
    EXPECT_EQ(has_ended(state), state == Cluster::TERMINATED || state == Cluster::CREATE_FAILED)
        << Cluster::State_Name(state);
  }
}

Flow flow(Flow::Direction direction, Flow::Outcome outcome) {
  Flow made;
  made.set_id(1);
  made.set_kind(Flow::CREATE);
  made.set_cluster_id("emr-00000001");
  made.set_direction(direction);
  made.set_outcome(outcome);
  return made;
}

TEST(Flow, TurnsOnceAndNeverBack) {
  const Flow forward = flow(Flow::FORWARD, Flow::UNFINISHED);
  const Flow unwinding = flow(Flow::UNWINDING, Flow::UNFINISHED);
  EXPECT_TRUE(may_follow(forward, forward)) << "another stage";
  EXPECT_TRUE(may_follow(forward, unwinding));
  EXPECT_TRUE(may_follow(unwinding, unwinding));
  EXPECT_FALSE(may_follow(unwinding, forward));
}

TEST(Flow, EndsOnce) {
  const Flow forward = flow(Flow::FORWARD, Flow::UNFINISHED);
  const Flow unwinding = flow(Flow::UNWINDING, Flow::UNFINISHED);
  const Flow done = flow(Flow::FORWARD, Flow::DONE);
  const Flow failed = flow(Flow::UNWINDING, Flow::FAILED);
  const Flow cancelled = flow(Flow::UNWINDING, Flow::CANCELLED);
  EXPECT_TRUE(may_follow(forward, done));
  EXPECT_TRUE(may_follow(unwinding, failed));
  EXPECT_TRUE(may_follow(unwinding, cancelled));
  EXPECT_TRUE(may_follow(done, done)) << "put again";
  EXPECT_FALSE(may_follow(done, forward));
  EXPECT_FALSE(may_follow(failed, cancelled));
  EXPECT_FALSE(may_follow(failed, unwinding));
}

TEST(Flow, StaysWhatItIsOf) {
  const Flow before = flow(Flow::FORWARD, Flow::UNFINISHED);
  Flow after = before;
  after.set_kind(Flow::TERMINATE);
  EXPECT_FALSE(may_follow(before, after));
  after = before;
  after.set_cluster_id("emr-00000002");
  EXPECT_FALSE(may_follow(before, after));
}

}  // namespace
}  // namespace tusker
