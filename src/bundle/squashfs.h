#pragma once

#include <string>

#include "base/result.h"
#include "bundle/tools.h"
#include "bundle/workspace.h"

namespace tusker {

// All time stamps in what we pack: 2026-01-01 00:00:00 UTC. Java's archives remember the jars'
// times, so these must be the same everywhere.
constexpr long kPackedTime = 1767225600;

// Packs a tree and takes it into the blob folder. The same tree gives the same bytes. `all_root`:
// owners in the tree mean nothing. `expected_bytes` is for progress only.
Result<Workspace::Blob> pack_tree(const Tools& tools,
                                  const Workspace& workspace,
                                  const std::string& tree,
                                  bool all_root,
                                  std::uint64_t expected_bytes);

}  // namespace tusker
