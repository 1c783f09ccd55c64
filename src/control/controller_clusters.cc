// The Controller's part for clusters: what is done with them, and the operations that do it.
#include <algorithm>
#include <utility>

#include "control/controller.h"
#include "control/jobs.h"
#include "control/metadata.h"
#include "control/node_updates.h"
#include "control/recorded_plan.h"
#include "control/removal_checks.h"
#include "model/cluster_status.h"
#include "model/transitions.h"

namespace tusker {
namespace {

Error not_running(const store::Cluster& cluster) {
  return Error::make(ErrorCode::FailedPrecondition,
                     "cluster {} does not run: it is {}",
                     cluster.id(),
                     status_text(cluster));
}

}  // namespace

Result<FlowId> Controller::start_create(ClusterPlan plan,
                                        const Actor& actor,
                                        const std::optional<ClientTokenAnswer>& token,
                                        std::optional<store::Job> job) {
  TK_TRY_VOID(check_disk());
  TK_TRY_VOID(check_plan(parts_.model, plan));
  Change change = record_plan(parts_.model, plan);
  plan.cluster.set_number(parts_.model.installation().last_cluster_number() + 1);
  plan.cluster.set_state(store::Cluster::CREATING);
  std::vector<std::string> node_ids;
  for (const store::Node& node : plan.nodes) node_ids.push_back(node.id());
  if (token) change.merge(remember_answer(*token, parts_.clock.wall()));
  Result<FlowId> flow = flows_.start_flow(store::Flow::CREATE,
                                          std::move(plan.cluster),
                                          {.node_ids = std::move(node_ids), .job = std::move(job)},
                                          std::move(change),
                                          actor);
  settle();
  return flow;
}

Status Controller::check_disk() const {
  if (!parts_.store.short_of_disk()) return ok_status();
  return Error(ErrorCode::ResourceExhausted,
               "the file system of the server's data folder is nearly full; free some disk there. "
               "Until then clusters can be terminated, and none be created or grow");
}

Status Controller::check_scalable(const store::Cluster& cluster) const {
  TK_TRY_VOID(flows_.why_busy(cluster.id()));
  if (cluster.state() != store::Cluster::RUNNING) return not_running(cluster);
  TK_TRY_VOID(check_master(cluster));
  for (const auto& [order, node] : parts_.model.nodes_of(cluster.id())) {
    for (const store::Role& role : node->roles()) {
      if (!role.stopped()) continue;
      return Error::make(ErrorCode::FailedPrecondition,
                         "{} on {} is stopped; start it first: tusker cluster start {}",
                         role.name(),
                         node->name(),
                         cluster.name());
    }
  }
  return ok_status();
}

// One that runs has none only if its host was forgotten.
Status Controller::check_master(const store::Cluster& cluster) const {
  for (const auto& [order, node] : parts_.model.nodes_of(cluster.id()))
    if (node->type() == store::MASTER) return ok_status();
  return Error::make(ErrorCode::FailedPrecondition,
                     "cluster {} has lost its master with a host; terminate it: tusker cluster "
                     "terminate {}",
                     cluster.id(),
                     cluster.name());
}

Result<std::optional<FlowId>> Controller::operate_roles(const ClusterId& cluster,
                                                        const RoleWish& wish,
                                                        const Actor& actor) {
  const store::Cluster& row = *parts_.model.cluster(cluster.text());
  TK_TRY_VOID(flows_.why_busy(row.id()));
  if (row.state() != store::Cluster::RUNNING) return not_running(row);
  store::RoleOperation operation = plan_operation(parts_.model, wish);
  if (operation.items().empty()) return std::optional<FlowId>();
  std::set<std::string> nodes;
  for (const store::RoleOperation::Item& item : operation.items()) nodes.insert(item.node_id());
  store::Cluster next = row;
  next.set_stopped(false);
  Result<FlowId> flow = flows_.start_flow(
      store::Flow::SERVICES,
      std::move(next),
      {.node_ids = {nodes.begin(), nodes.end()}, .operation = std::move(operation)},
      {},
      actor);
  settle();
  if (!flow.ok()) return flow.error();
  return std::optional<FlowId>(*flow);
}

void Controller::set_maintenance(const ClusterId& cluster,
                                 const std::vector<RoleOfNode>& roles,
                                 bool maintenance,
                                 const Actor& actor) {
  std::map<std::string, store::Node> nodes;
  std::size_t changed = 0;
  for (const RoleOfNode& one : roles) {
    store::Node& node =
        nodes.try_emplace(one.node_id, *parts_.model.node(one.node_id)).first->second;
    for (store::Role& role : *node.mutable_roles()) {
      if (role.name() != one.role || role.maintenance() == maintenance) continue;
      role.set_maintenance(maintenance);
      ++changed;
    }
  }
  if (changed == 0) return;
  Change change;
  change.append(
      event_about(*parts_.model.cluster(cluster.text()),
                  "cluster.maintenance",
                  fmt::format("{} roles {} maintenance", changed, maintenance ? "enter" : "leave"),
                  actor));
  for (auto& [id, node] : nodes) change.put(std::move(node));
  parts_.journal.commit(std::move(change));
  settle();
}

Result<FlowId> Controller::start_scale_out(GrowthPlan plan,
                                           const Actor& actor,
                                           const std::optional<ClientTokenAnswer>& token) {
  TK_TRY_VOID(check_disk());
  TK_TRY_VOID(check_scalable(plan.cluster));
  TK_TRY_VOID(check_new_nodes(parts_.model, plan.nodes));
  std::vector<store::Node> nodes = plan.nodes;
  for (const auto& [order, node] : parts_.model.nodes_of(plan.cluster.id())) {
    if (!node->removing()) nodes.push_back(*node);
  }
  Change change = record_nodes(parts_.model, std::move(nodes), std::move(plan.files));
  for (std::string& warning : plan.warnings)
    change.append(event_about(plan.cluster, "cluster.scale_note", std::move(warning), actor));
  std::vector<std::string> node_ids;
  for (const store::Node& node : plan.nodes) node_ids.push_back(node.id());
  if (token) change.merge(remember_answer(*token, parts_.clock.wall()));
  plan.cluster.set_state(store::Cluster::SCALING_OUT);
  Result<FlowId> flow = flows_.start_flow(store::Flow::SCALE_OUT,
                                          std::move(plan.cluster),
                                          {.node_ids = std::move(node_ids)},
                                          std::move(change),
                                          actor);
  settle();
  return flow;
}

Result<FlowId> Controller::start_scale_in(const ClusterId& cluster,
                                          std::vector<std::string> node_ids,
                                          std::optional<Duration> drain_within,
                                          const Actor& actor) {
  const store::Cluster& row = *parts_.model.cluster(cluster.text());
  TK_TRY_VOID(check_scalable(row));
  std::vector<store::Node> nodes;
  for (const auto& [order, node] : parts_.model.nodes_of(cluster.text())) nodes.push_back(*node);
  TK_TRY(const std::uint32_t replicas, parts_.rules.replicas(row, nodes));
  TK_TRY_VOID(check_removal(parts_.model, row, node_ids, replicas));
  // As they are while every node is still there.
  store::Cluster next = metadata_of(parts_.model, parts_.rules, row) ? with_copy_wanted(row) : row;
  next.set_state(store::Cluster::SCALING_IN);
  Deadlines deadlines;
  if (drain_within) deadlines["drain-nodes"] = *drain_within;
  Result<FlowId> flow = flows_.start_flow(store::Flow::SCALE_IN,
                                          std::move(next),
                                          {.node_ids = std::move(node_ids), .deadlines = deadlines},
                                          {},
                                          actor);
  settle();
  return flow;
}

Result<JobId> Controller::start_job(store::Job job,
                                    const Actor& actor,
                                    const std::optional<ClientTokenAnswer>& token) {
  TK_TRY_VOID(check_disk());
  const store::Cluster& cluster = *parts_.model.cluster(job.cluster_id());
  if (!serves(cluster.state())) return not_running(cluster);
  TK_TRY_VOID(check_master(cluster));
  const JobId id = next_job();
  store::Installation installation = parts_.model.installation();
  installation.set_last_job_id(static_cast<std::int64_t>(id));
  job.set_id(installation.last_job_id());
  job.set_started_wall_ms(parts_.clock.wall().ms);
  Change change;
  if (token) change.merge(remember_answer(*token, parts_.clock.wall()));
  change.append(
      event_about(cluster, "job.started", fmt::format("job {} ({})", job.id(), job.name()), actor));
  change.put(std::move(installation));
  change.put(std::move(job));
  parts_.journal.commit(std::move(change));
  settle();
  return id;
}

Status Controller::cancel_job(JobId id, const Actor& actor) {
  const store::Job* const job = parts_.model.job(id);
  if (job == nullptr) return Error::make(ErrorCode::NotFound, "no job {}", id);
  if (job->state() >= store::Job::STEPS_COMPLETE) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "the steps of job {} have ended; there is nothing to cancel",
                       id);
  }
  if (job->cancel_requested()) return ok_status();
  store::Job next = *job;
  next.set_cancel_requested(true);
  Change change;
  change.append(event_about(*parts_.model.cluster(job->cluster_id()),
                            "job.cancelled",
                            fmt::format("job {} ({}) is cancelled", job->id(), job->name()),
                            actor));
  change.put(std::move(next));
  parts_.journal.commit(std::move(change));
  settle();
  return ok_status();
}

void Controller::advance_jobs(const std::set<std::string>& clusters) {
  for (const std::string& cluster : clusters) {
    const std::set<std::int64_t> jobs = parts_.model.unfinished_jobs_of(cluster);
    for (const std::int64_t id : jobs) {
      const store::Job* job = parts_.model.job(JobId{id});
      while (job->state() != store::Job::FINISHED) {
        std::optional<Change> change = advance_job(parts_.model, *job, parts_.clock.wall());
        if (!change) break;
        parts_.journal.commit(*std::move(change));
      }
      // Busy: the flow that runs comes to its end, and then this is asked again.
      if (wants_termination(parts_.model, *job)) (void)start_terminate(ClusterId(cluster), {});
    }
  }
}

Result<FlowId> Controller::start_terminate(const ClusterId& cluster, const Actor& actor) {
  const store::Cluster* row = parts_.model.cluster(cluster.text());
  if (row == nullptr || row->state() == store::Cluster::TERMINATED) {
    return Error::make(ErrorCode::NotFound,
                       "no cluster {}{}",
                       cluster,
                       row == nullptr ? "" : " any more: it is terminated")
        .with_api_code("ResourceNotFound.InstanceNotFound");
  }
  TK_TRY_VOID(flows_.why_busy(cluster.text()));
  store::Cluster next = *row;
  next.set_state(store::Cluster::TERMINATING);
  std::vector<std::string> node_ids;
  for (const auto& [order, node] : parts_.model.nodes_of(cluster.text()))
    node_ids.push_back(node->id());
  Result<FlowId> flow = flows_.start_flow(
      store::Flow::TERMINATE, std::move(next), {.node_ids = std::move(node_ids)}, {}, actor);
  settle();
  return flow;
}

void Controller::rename_cluster(const ClusterId& cluster,
                                const std::string& name,
                                const Actor& actor) {
  store::Cluster next = *parts_.model.cluster(cluster.text());
  if (next.name() == name) return;
  std::string text = fmt::format("cluster {} is called {} now", next.name(), name);
  next.set_name(name);
  relabel(std::move(next), "cluster.renamed", std::move(text), actor);
}

void Controller::change_tags(const ClusterId& cluster,
                             const google::protobuf::RepeatedPtrField<store::Tag>& tags,
                             const Actor& actor) {
  store::Cluster next = *parts_.model.cluster(cluster.text());
  *next.mutable_tags() = tags;
  std::string text = fmt::format("cluster {} has {} tags now", next.name(), tags.size());
  relabel(std::move(next), "cluster.tagged", std::move(text), actor);
}

store::Event Controller::event_about(const store::Cluster& cluster,
                                     const char* kind,
                                     std::string text,
                                     const Actor& actor) const {
  store::Event event = event_of(kind, std::move(text), actor);
  event.set_cluster_id(cluster.id());
  return event;
}

store::Event Controller::event_of(const char* kind, std::string text, const Actor& actor) const {
  store::Event event;
  event.set_wall_ms(parts_.clock.wall().ms);
  event.set_kind(kind);
  event.set_severity("info");
  event.set_actor(actor.who);
  event.set_source(actor.source);
  event.set_text(std::move(text));
  return event;
}

void Controller::relabel(store::Cluster next,
                         const char* kind,
                         std::string text,
                         const Actor& actor) {
  Change change;
  change.append(event_about(next, kind, std::move(text), actor));
  change.put(std::move(next));
  parts_.journal.commit(std::move(change));
  settle();
}

Status Controller::cancel_flow(FlowId flow, const Actor& actor) {
  Status done = flows_.cancel(flow, actor);
  settle();
  return done;
}

Status Controller::change_deadline(FlowId flow,
                                   std::string_view stage,
                                   Duration deadline,
                                   const Actor& actor) {
  Status done = flows_.change_deadline(flow, stage, deadline, actor);
  settle();
  return done;
}

}  // namespace tusker
