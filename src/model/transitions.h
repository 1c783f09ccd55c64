#pragma once

#include "proto/store.pb.h"

namespace tusker {

// Which states of a cluster may follow which. STATE_NONE is "no row yet". A row may also be put
// again in its state.
bool may_follow(store::Cluster::State from, store::Cluster::State to);

// A flow turns once, from forward to unwinding, and ends once.
bool may_follow(const store::Flow& before, const store::Flow& after);

// A job keeps its cluster and its steps, and its state only grows.
bool may_follow(const store::Job& before, const store::Job& after);

// Whether a cluster in this state carries out work.
bool serves(store::Cluster::State state);

// Whether a cluster in this state has ended: no node, no flow, only its row is left.
bool has_ended(store::Cluster::State state);

}  // namespace tusker
