#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/call.h"
#include "base/result.h"
#include "proto/store.pb.h"

namespace tusker::api {

// The caller's cluster of this id that has not ended; another account's does not exist for it.
// `missing` is the action's code for an unknown one: the published lists differ
// (docs/reference/semantics.md 12). InvalidParameter.InvalidInstanceName: no such form of an id.
Result<const store::Cluster*> find_live_cluster(const Call& call,
                                                std::string_view id,
                                                std::string_view missing);
// The same, also of one that has ended while its row is kept.
Result<const store::Cluster*> find_cluster(const Call& call,
                                           std::string_view id,
                                           std::string_view missing);

// Whether what is told about this cluster (a flow, an event) may be told to the caller: another
// account's does not exist for it. A cluster whose row is gone tells no account: every key may know
// of it, as all keys are of the installation's one account.
bool may_see(const Model& model, const Caller& caller, std::string_view cluster_id);

// Of actions that can mean a compute resource instead of a cluster: UnsupportedOperation.* if the
// request does.
Status check_means_cluster(const std::optional<std::string>& resource_base_type,
                           const std::optional<std::string>& compute_resource_id);

}  // namespace tusker::api
