#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/host_layout.h"
#include "base/clock.h"
#include "base/result.h"
#include "proto/link.pb.h"

namespace tusker {

// Whose logs these are, for when the node is gone: beside its folder of logs, where the node does
// not reach. Blocks.
Status remember_owner(const HostLayout& host, const link::Node& node);

// What it remembered of the owner of this folder of logs. Nothing: an older agent made it. Blocks.
std::optional<link::KeptLogs> owner_of(const std::string& logs);

// Role logs outlive their node for seven days, and together take at most 1 GiB on a host: beyond it
// the oldest go first. Nodes in `alive` are not touched. Blocks.
Status prune_kept_logs(const std::string& folder, const std::set<std::string>& alive, WallTime now);

// What is kept of nodes that are not in `alive`, with its owner; the newest 1000. Blocks.
std::vector<link::KeptLogs> list_kept_logs(const std::string& folder,
                                           const std::set<std::string>& alive);

}  // namespace tusker
