#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "control/flow.h"
#include "control/flow_engine.h"
#include "model/model.h"

namespace tusker {

// Copies of a service's metadata, as rows: which are wanted, which there are, and which is on its
// way back. Who carries them is the server's (server/metadata_copies.h).

// The stages of a restore in which programs run on nodes: what followers of the old metadata made
// of them is set aside, the copy is carried to its node, and accepted there.
inline constexpr std::string_view kSetAside = "set-aside";
inline constexpr std::string_view kPutCopy = "put-copy";
inline constexpr std::string_view kAcceptCopy = "accept-copy";

// Who has the metadata of a cluster.
std::optional<MetadataHolders> metadata_of(const Model& model,
                                           const ClusterRules& rules,
                                           const store::Cluster& cluster);

// The number of the newest copy that there is; 0: none.
std::uint64_t newest_copy(const store::Cluster& cluster);

// Whether the newest copy, or the cluster that has none, is that old: by the wall clock, set
// forward or back. Pure.
bool is_copy_due(const store::Cluster& cluster, Duration every, WallTime wall);

// Of the cluster: its next copy is wanted now. Pure.
store::Cluster with_copy_wanted(const store::Cluster& cluster);

// Of the cluster: this copy is there as well, and no more than `keep` are left. Pure.
store::Cluster with_copy(const store::Cluster& cluster,
                         store::MetadataCopy copy,
                         std::uint32_t keep);

// What a restore of this copy is to do; the newest one when no number is given. NotFound.
// FailedPrecondition: the cluster has no metadata to restore.
Result<FlowPlan> plan_restore(const Model& model,
                              const ClusterRules& rules,
                              const store::Cluster& cluster,
                              std::optional<std::uint64_t> number);

}  // namespace tusker
