#include "control/housekeeping.h"

#include "control/client_tokens.h"
#include "control/node_checks.h"

namespace tusker {
namespace {

store::Event removed_event(const Model& model, const store::Node& node, WallTime wall) {
  store::Event event;
  event.set_wall_ms(wall.ms);
  event.set_kind("node.removed");
  event.set_severity("info");
  event.set_cluster_id(node.cluster_id());
  event.set_node_id(node.id());
  if (const store::Cluster* cluster = model.cluster(node.cluster_id()))
    event.set_flow_id(cluster->flow_id());
  event.set_actor("tusker");
  event.set_text(fmt::format("host {} confirms that nothing of {} is left",
                             host_name(model, node.host_id()),
                             shown(node)));
  return event;
}

// Those of a cluster beyond the newest kJobsKept that have finished, or all of them.
void forget_jobs(const Model& model, const std::string& cluster, bool all, Change& change) {
  const std::set<std::int64_t>& jobs = model.jobs_of(cluster);
  const std::set<std::int64_t>& unfinished = model.unfinished_jobs_of(cluster);
  std::size_t left = jobs.size();
  for (const std::int64_t id : jobs) {
    if (!all && left <= kJobsKept) return;
    if (unfinished.contains(id)) continue;
    change.remove(store::JOB, std::to_string(id));
    --left;
  }
}

}  // namespace

Change drop_confirmed(const Model& model,
                      const HostId& host,
                      const link::Observed& observed,
                      WallTime wall) {
  Change change;
  std::map<std::string, std::size_t> uses_dropped;
  std::set<std::string> dropped;
  for (const std::string& id : observed.removed()) {
    const store::Node* node = model.node(id);
    if (node == nullptr || node->host_id() != host.text() || !node->removing() ||
        !dropped.insert(id).second)
      continue;
    for (const store::File& file : node->files()) {
      if (!file.digest().empty()) ++uses_dropped[file.digest()];
    }
    change.append(removed_event(model, *node, wall));
    change.remove(store::NODE, id);
  }
  for (const auto& [digest, uses] : uses_dropped) {
    if (uses == model.uses_of_file(digest)) change.remove(store::FILE, digest);
  }
  return change;
}

Change forget_ended(const Model& model, WallTime wall) {
  Change change = forget_expired_tokens(model, wall);
  const std::int64_t before = wall.ms - std::chrono::milliseconds(kTerminatedKept).count();
  for (const auto& [id, cluster] : model.clusters()) {
    forget_jobs(model, id, false, change);
    if (cluster.state() != store::Cluster::TERMINATED || cluster.ended_wall_ms() > before) continue;
    if (model.flow(FlowId{cluster.flow_id()}) != nullptr)
      change.remove(store::FLOW, std::to_string(cluster.flow_id()));
    forget_jobs(model, id, true, change);
    change.remove(store::CLUSTER, id);
  }
  return change;
}

}  // namespace tusker
