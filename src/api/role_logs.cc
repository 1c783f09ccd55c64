#include "api/role_logs.h"

#include <algorithm>

#include "api/errors.h"
#include "api/find_nodes.h"
#include "control/bootstrap.h"
#include "control/jobs.h"
#include "model/model.h"

namespace tusker::api {

std::vector<RoleLogs> role_logs_of(const Call& call, const store::Cluster& cluster) {
  const Model& model = call.services.model;
  std::vector<RoleLogs> all;
  for (const auto& [order, node] : model.nodes_of(cluster.id())) {
    if (node->prepared()) continue;  // its host has not heard of it
    RoleLogs& logs =
        all.emplace_back(RoleLogs{node->id(), node->name(), node->host_id(), false, {}});
    for (const store::Role& role : node->roles()) logs.roles.emplace_back(role.name());
    for (std::string& log : script_logs_of(*node)) logs.roles.push_back(std::move(log));
    for (const std::int64_t id : model.jobs_of(cluster.id())) {
      const store::Job& job = *model.job(JobId{id});
      for (int i = 0; i < job.steps_size(); ++i) {
        if (job.steps(i).node_id() == node->id()) logs.roles.push_back(log_of_step(job, i + 1));
      }
    }
  }
  for (const auto& [id, host] : model.hosts()) {
    const ObservedHost* const observed = model.observed(id);
    if (observed == nullptr) continue;
    for (const link::KeptLogs& kept : observed->kept_logs) {
      // A node that has a row is told of by it, whatever its host still says.
      if (kept.cluster_id() != cluster.id() || model.node(kept.node_id()) != nullptr) continue;
      all.push_back(
          {kept.node_id(), kept.name(), id, true, {kept.roles().begin(), kept.roles().end()}});
    }
  }
  return all;
}

Result<RoleLogs> find_role_logs(const Call& call,
                                const store::Cluster& cluster,
                                std::string_view node) {
  std::vector<RoleLogs> all = role_logs_of(call, cluster);
  const auto found = std::find_if(all.begin(), all.end(), [node](const RoleLogs& logs) {
    return logs.name == node || logs.node_id == node;
  });
  if (found != all.end()) return std::move(*found);
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const RoleLogs& logs : all) names.emplace_back(logs.name);
  return no_such_node(cluster, node, names);
}

}  // namespace tusker::api
