#pragma once

#include <set>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace tusker {

// Role logs outlive their node for seven days, and together take at most 1 GiB on a host: beyond it
// the oldest go first. Nodes in `alive` are not touched. Blocks.
Status prune_kept_logs(const std::string& folder, const std::set<std::string>& alive, WallTime now);

}  // namespace tusker
