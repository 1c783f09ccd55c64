#pragma once

#include <string_view>
#include <vector>

#include "api/call.h"
#include "base/result.h"
#include "proto/store.pb.h"

namespace tusker::api {

// Roles, bootstrap scripts and steps of jobs of one node whose logs its host keeps. Other texts are
// the model's.
struct RoleLogs {
  std::string_view node_id;
  std::string_view name;
  std::string_view host_id;
  bool removed = false;  // the node is gone; its host keeps them for a while
  std::vector<std::string> roles;
};

// Of all nodes of a cluster; those that are gone last, as far as their hosts have told since the
// server started.
std::vector<RoleLogs> role_logs_of(const Call& call, const store::Cluster& cluster);

// Those of the node with this name or id. ResourceNotFound.NodeNotFound, with the names there are.
Result<RoleLogs> find_role_logs(const Call& call,
                                const store::Cluster& cluster,
                                std::string_view node);

}  // namespace tusker::api
