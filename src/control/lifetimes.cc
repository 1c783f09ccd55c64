#include "control/lifetimes.h"

#include <algorithm>

#include "control/reported.h"
#include "plan/lifetime.h"

namespace tusker {
namespace {

bool holds(const Model& model, const store::Cluster& cluster, const Condition& condition) {
  for (const auto& [order, node] : model.nodes_of(cluster.id())) {
    const link::NodeStatus* const status = model.status_of(*node);
    const link::RoleStatus* const role =
        status == nullptr ? nullptr : role_in(*status, condition.role);
    if (role == nullptr || role->state() != link::RoleStatus::READY) continue;
    const auto fact = role->facts().find(condition.fact);
    return fact != role->facts().end() && condition.holds(fact->second);
  }
  return false;
}

std::string minutes_text(Duration duration) {
  return fmt::format("{} min", std::chrono::duration_cast<std::chrono::minutes>(duration).count());
}

}  // namespace

void Lifetimes::note(const std::string& cluster_id) {
  const store::Cluster* const cluster = model_.cluster(cluster_id);
  if (cluster != nullptr && cluster->state() == store::Cluster::RUNNING &&
      lifetime_of(*cluster).limited()) {
    limited_.insert(cluster_id);
  } else {
    limited_.erase(cluster_id);
    busy_until_.erase(cluster_id);
  }
}

void Lifetimes::used(const std::string& cluster_id, Time now) {
  if (limited_.contains(cluster_id)) busy_until_[cluster_id] = now;
}

bool Lifetimes::is_idle(const store::Cluster& cluster) const {
  if (cluster.flow_running() || !model_.unfinished_jobs_of(cluster.id()).empty()) return false;
  if (cluster.stopped()) return true;
  std::vector<store::Node> nodes;
  for (const auto& [order, node] : model_.nodes_of(cluster.id())) nodes.push_back(*node);
  const std::vector<Condition> conditions = rules_.idle(cluster, nodes);
  return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& condition) {
    return holds(model_, cluster, condition);
  });
}

std::vector<Lifetimes::Due> Lifetimes::due(Time now, WallTime wall) {
  std::vector<Due> due;
  for (const std::string& id : limited_) {
    const store::Cluster& cluster = *model_.cluster(id);
    const Lifetime lifetime = lifetime_of(cluster);
    const std::chrono::milliseconds age(wall.ms - cluster.created_wall_ms());
    if (lifetime.max_age && age >= *lifetime.max_age) {
      due.push_back({id, fmt::format("it is {} old", minutes_text(age))});
      continue;
    }
    Time& busy_until = busy_until_.try_emplace(id, now).first->second;
    if (!is_idle(cluster)) busy_until = now;
    if (lifetime.max_idle && now - busy_until >= *lifetime.max_idle)
      due.push_back({id, fmt::format("it was idle for {}", minutes_text(now - busy_until))});
  }
  return due;
}

}  // namespace tusker
