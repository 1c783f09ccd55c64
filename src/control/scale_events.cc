#include "control/scale_events.h"

namespace tusker {

Change scaled(const Model& model, const store::Flow& flow, WallTime wall, const std::string& what) {
  store::Cluster cluster = *model.cluster(flow.cluster_id());
  cluster.set_flow_running(false);
  cluster.set_state(store::Cluster::RUNNING);
  const bool good = flow.outcome() == store::Flow::DONE;
  store::Event event;
  event.set_wall_ms(wall.ms);
  event.set_kind(good ? "cluster.scaled" : "cluster.scale_failed");
  event.set_severity(good ? "info" : "error");
  event.set_cluster_id(cluster.id());
  event.set_flow_id(flow.id());
  event.set_actor("tusker");
  event.set_text(fmt::format("cluster {} {}", cluster.name(), what));
  Change change;
  change.append(event);
  change.put(std::move(cluster));
  return change;
}

}  // namespace tusker
