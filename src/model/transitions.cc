#include "model/transitions.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tusker {
namespace {

using State = store::Cluster;

constexpr std::array<std::pair<store::Cluster::State, store::Cluster::State>, 11>
    kClusterTransitions{{
        {State::STATE_NONE, State::CREATING},
        {State::CREATING, State::RUNNING},
        {State::CREATING, State::CREATE_FAILED},
        {State::RUNNING, State::TERMINATING},
        {State::CREATE_FAILED,
         State::TERMINATING},  // nothing is left to remove; the row goes the way of all others
        {State::TERMINATING, State::TERMINATED},
        {State::RUNNING, State::SCALING_OUT},
        {State::SCALING_OUT, State::RUNNING},
        {State::RUNNING, State::SCALING_IN},
        {State::SCALING_IN, State::RUNNING},
        {State::TERMINATING, State::RUNNING},  // a terminate cancelled before its first removal
    }};

}  // namespace

bool may_follow(store::Cluster::State from, store::Cluster::State to) {
  if (from == to && from != State::STATE_NONE) return true;
  return std::find(kClusterTransitions.begin(), kClusterTransitions.end(), std::pair(from, to)) !=
         kClusterTransitions.end();
}

bool may_follow(const store::Flow& before, const store::Flow& after) {
  if (before.kind() != after.kind() || before.cluster_id() != after.cluster_id()) return false;
  if (before.direction() == store::Flow::UNWINDING && after.direction() == store::Flow::FORWARD)
    return false;
  return before.outcome() == store::Flow::UNFINISHED || before.outcome() == after.outcome();
}

bool may_follow(const store::Job& before, const store::Job& after) {
  return before.cluster_id() == after.cluster_id() && before.steps_size() == after.steps_size() &&
         before.state() <= after.state();
}

bool serves(store::Cluster::State state) {
  return state == State::RUNNING || state == State::SCALING_OUT || state == State::SCALING_IN;
}

bool has_ended(store::Cluster::State state) {
  return state == State::TERMINATED || state == State::CREATE_FAILED;
}

}  // namespace tusker
