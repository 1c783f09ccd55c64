#include "control/housekeeping.h"

#include "control/client_tokens.h"
#include "control/node_checks.h"
#include "control/node_updates.h"

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

// Those orphans that are gone are not asked for any more.
void drop_orphans(const store::Host& host,
                  const std::set<std::string>& confirmed,
                  WallTime wall,
                  Change& change) {
  store::Host row = host;
  row.clear_orphans_removed();
  for (const std::string& id : host.orphans_removed()) {
    if (!confirmed.contains(id)) {
      row.add_orphans_removed(id);
      continue;
    }
    store::Event event;
    event.set_wall_ms(wall.ms);
    event.set_kind("orphan.removed");
    event.set_severity("info");
    event.set_node_id(id);
    event.set_actor("tusker");
    event.set_text(fmt::format(
        "host {} confirms that nothing of {}, which nobody knew, is left", host.name(), id));
    change.append(event);
  }
  if (row.orphans_removed_size() != host.orphans_removed_size()) change.put(std::move(row));
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
  std::vector<store::Node> dropped;
  const std::set<std::string> confirmed(observed.removed().begin(), observed.removed().end());
  for (const std::string& id : confirmed) {
    const store::Node* node = model.node(id);
    if (node == nullptr || node->host_id() != host.text() || !node->removing()) continue;
    change.append(removed_event(model, *node, wall));
    dropped.push_back(*node);
  }
  change.merge(drop_rows(model, dropped));
  if (const store::Host* const row = model.host(host.text()))
    drop_orphans(*row, confirmed, wall, change);
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
