#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "plan/definitions.h"
#include "proto/store.pb.h"

namespace tusker {

// How many replicas HDFS makes of a block in a cluster of these nodes unless a file says otherwise;
// 0 without HDFS. `nodes` begin with the first master.
Result<std::uint32_t> replicas_of(const Definitions& definitions,
                                  const store::Cluster& cluster,
                                  const std::vector<store::Node>& nodes);

}  // namespace tusker
