#pragma once

#include <chrono>

#include "model/model.h"
#include "proto/link.pb.h"
#include "store/change.h"

namespace tusker {

// What is dropped, and when. Pure.

// Rows of nodes whose host confirms that nothing of them is left, with the rendered files that no
// other node needs; likewise orphans that it was told to remove. Whatever else a host claims is
// ignored.
Change drop_confirmed(const Model& model,
                      const HostId& host,
                      const link::Observed& observed,
                      WallTime wall);

// How long a terminated cluster is still listed.
constexpr std::chrono::hours kTerminatedKept{24 * 7};

// How many jobs of a cluster that have finished are still listed.
constexpr std::size_t kJobsKept = 100;

// Terminated clusters older than that, with their last flow and their jobs; jobs beyond
// kJobsKept; client tokens that have expired.
Change forget_ended(const Model& model, WallTime wall);

}  // namespace tusker
