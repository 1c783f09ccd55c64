#include "control/controller.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"
#include "control/agent_session.h"
#include "control/housekeeping.h"
#include "control/inventory_of.h"
#include "control/jobs.h"
#include "control/metadata.h"
#include "control/node_updates.h"
#include "control/recorded_plan.h"
#include "control/removal_checks.h"
#include "model/cluster_status.h"
#include "model/transitions.h"

namespace tusker {
namespace {

constexpr std::chrono::minutes kHousekeepingEvery{10};
constexpr std::chrono::seconds kLifetimesEvery{15};
constexpr std::size_t kMaxKeys = 1000;

Error not_running(const store::Cluster& cluster) {
  return Error::make(ErrorCode::FailedPrecondition,
                     "cluster {} does not run: it is {}",
                     cluster.id(),
                     status_text(cluster));
}

}  // namespace

Controller::Controller(Parts parts)
    : parts_(std::move(parts)),
      flows_(parts_.model, parts_.journal, parts_.clock, parts_.rules, parts_.log),
      lifetimes_(parts_.model, parts_.rules) {
  parts_.journal.on_touched([this](const Touched& touched) { note(touched); });
}

Controller::~Controller() {
  parts_.journal.on_touched({});
}

void Controller::start() {
  started_ = true;
  flows_.start();
  const Time now = parts_.clock.now();
  started_at_ = now;
  next_watch_ = now;
  next_housekeeping_ = now;
  for (const auto& [id, cluster] : parts_.model.clusters()) touched_.clusters.insert(id);
  woken();
}

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

Result<NewKey> Controller::create_key(std::string_view name,
                                      bool read_only,
                                      std::uint64_t account,
                                      const Actor& actor) {
  TK_TRY_VOID(check_disk());
  if (parts_.model.access_keys().size() >= kMaxKeys) {
    return Error::make(ErrorCode::ResourceExhausted,
                       "there are {} keys, and more are not kept; delete those that nobody uses",
                       kMaxKeys);
  }
  NewKey key = make_key(name, parts_.sealer, parts_.random, parts_.clock.wall());
  key.row.set_account(account);
  key.row.set_read_only(read_only);
  key.row.set_made_by(actor.who);
  Change change;
  change.append(event_of("key.created",
                         fmt::format("key {} ({}) was made, {}",
                                     key.row.secret_id(),
                                     name,
                                     read_only ? "read-only" : "for everything"),
                         actor));
  change.put(key.row);
  parts_.journal.commit(std::move(change));
  return key;
}

Status Controller::delete_key(std::string_view secret_id,
                              std::uint64_t account,
                              const Actor& actor) {
  const store::AccessKey* const key = parts_.model.access_key(secret_id);
  if (key == nullptr || key->account() != account) {
    return Error::make(
        ErrorCode::NotFound, "no key {}; see tusker key list", cut_text(secret_id, 64));
  }
  if (key->root()) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "{} is the root key, which this server cannot be without",
                       key->secret_id());
  }
  if (key->secret_id() == actor.who) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "{} is the key that signed this call, and nobody could take its deletion "
                       "back; sign with another one",
                       key->secret_id());
  }
  const std::string id = key->secret_id();
  Change change;
  change.append(
      event_of("key.deleted", fmt::format("key {} ({}) was deleted", id, key->name()), actor));
  change.remove(store::ACCESS_KEY, id);
  parts_.journal.commit(std::move(change));
  if (key_deleted_) key_deleted_(id);
  return ok_status();
}

Status Controller::clean_host(const HostId& id,
                              const std::vector<std::string>& node_ids,
                              const Actor& actor) {
  TK_TRY(store::Host row, with_orphans_removed(parts_.model, id, node_ids));
  Change change;
  change.append(event_of(
      "host.cleaned",
      fmt::format(
          "host {} is to remove what nobody knows: {}", row.name(), fmt::join(node_ids, ", ")),
      actor));
  change.put(std::move(row));
  parts_.journal.commit(std::move(change));
  settle();
  return ok_status();
}

Status Controller::forget_host(const HostId& id, const Actor& actor) {
  const store::Host* const host = parts_.model.host(id.text());
  if (host == nullptr) return no_host(id);
  TK_TRY_VOID(check_silent(*host));
  const std::size_t nodes = parts_.model.nodes_on(id.text()).size();
  Change change;
  store::Event event =
      event_of("host.forgotten",
               fmt::format("host {} ({}) and {} nodes on it are taken for gone, their data too",
                           host->name(),
                           id,
                           nodes),
               actor);
  event.set_severity("warn");
  change.append(event);
  change.merge(forget(parts_.model, *host, parts_.rules, parts_.clock.wall()));
  parts_.log.warn("host.forgotten", {{"host", id}, {"nodes", nodes}});
  parts_.journal.commit(std::move(change));
  settle();
  return ok_status();
}

// A restart of the server, or of an agent, is no silence.
Status Controller::check_silent(const store::Host& host) {
  if (session_of(HostId(host.id())) != nullptr) {
    return Error::make(
        ErrorCode::FailedPrecondition,
        "host {} is connected: what is on it is not gone. Terminate its clusters, and "
        "stop its agent, first",
        host.name());
  }
  const ObservedHost* const seen = parts_.model.observed(host.id());
  const Time since =
      seen != nullptr && seen->heard ? std::max(seen->last_heard, started_at_) : started_at_;
  const Duration silence = parts_.clock.now() - since;
  if (silence >= kLinkSilenceLimit) return ok_status();
  return Error::make(ErrorCode::FailedPrecondition,
                     "host {} may be about to come back: it has been away, or this server been "
                     "running, for {} s only; ask again after {} s",
                     host.name(),
                     std::chrono::duration_cast<std::chrono::seconds>(silence).count(),
                     kLinkSilenceLimit.count());
}

Inventory Controller::inventory() const {
  return inventory_of(parts_.model);
}

Result<FlowProgress> Controller::flow_progress(FlowId flow) const {
  return flows_.progress(flow);
}

Result<store::Host> Controller::join_host(const HostId& id, const JoinRequest& request) {
  const WallTime wall = parts_.clock.wall();
  TK_TRY(const store::Host host, new_host(parts_.model, id, request, wall));
  store::Event event;
  event.set_wall_ms(wall.ms);
  event.set_kind("host.joined");
  event.set_severity("info");
  event.set_actor("tusker");
  event.set_text(
      fmt::format("host {} ({}) joined with subnet {}", host.name(), host.id(), host.subnet()));
  Change change;
  change.put(host);
  change.append(event);
  parts_.journal.commit(std::move(change));
  parts_.log.info("host.joined",
                  {{"host", host.id()}, {"name", host.name()}, {"subnet", host.subnet()}});
  settle();
  return host;
}

Result<AgentConnection> Controller::agent_connected(const HostId& host,
                                                    std::unique_ptr<AgentLink> link) {
  if (parts_.model.host(host.text()) == nullptr) {
    return Error::make(ErrorCode::NotFound,
                       "no host {}: it was removed, or joined another installation; join it again",
                       host);
  }
  if (AgentSession* earlier = session_of(host)) earlier->close("the same host has connected again");
  const AgentConnection connection{++last_connection_};
  sessions_[connection] = std::make_unique<AgentSession>(
      AgentSession::Surroundings{
          parts_.model, parts_.journal, parts_.sealer, parts_.clock, parts_.log, parts_.version},
      host,
      std::move(link),
      generations_[host]);
  connection_of_[host] = connection;
  return connection;
}

void Controller::agent_frame(AgentConnection connection, const link::AgentFrame& frame) {
  const auto found = sessions_.find(connection);
  if (found == sessions_.end()) return;
  AgentSession& session = *found->second;
  // What an older connection of a host still says is out of date.
  if (connection_of_[session.host()] != connection) return;
  note(session.receive(frame));
  settle();
  session.converge();
}

void Controller::agent_closed(AgentConnection connection) {
  const auto found = sessions_.find(connection);
  if (found == sessions_.end()) return;
  const HostId host = found->second->host();
  sessions_.erase(found);
  const auto present = connection_of_.find(host);
  if (present == connection_of_.end() || present->second != connection)
    return;  // it has been replaced
  connection_of_.erase(present);
  parts_.model.observe_disconnected(host);
  parts_.log.warn("agent.gone", {{"host", host}});
  for (const auto& [id, node] : parts_.model.nodes_on(host.text()))
    touched_.clusters.insert(node->cluster_id());
  settle();
}

Status Controller::open_stream(const HostId& host, const link::OpenStream& request) {
  AgentSession* session = session_of(host);
  if (session == nullptr || !session->greeted() || session->closing()) {
    return Error::make(ErrorCode::Unavailable,
                       "the agent of host {} is not connected now; try again when it is back",
                       host);
  }
  if (const store::Node* const node = parts_.model.node(request.node_id()))
    lifetimes_.used(node->cluster_id(), parts_.clock.now());
  session->open_stream(request);
  return ok_status();
}

AgentSession* Controller::session_of(const HostId& host) {
  const auto found = connection_of_.find(host);
  return found == connection_of_.end() ? nullptr : sessions_.at(found->second).get();
}

// Handlers commit through the journal too: what they touch is settled from the loop, after the
// handler.
void Controller::note(Touched touched) {
  touched_.hosts.merge(touched.hosts);
  touched_.clusters.merge(touched.clusters);
  if (started_ && !settling_ && !(touched_.hosts.empty() && touched_.clusters.empty()))
    wake_at(parts_.clock.now());
}

void Controller::settle() {
  if (!started_ || settling_) return;
  settling_ = true;
  while (!touched_.clusters.empty()) {
    const std::set<std::string> clusters = std::exchange(touched_.clusters, {});
    flows_.advance(clusters);
    advance_jobs(clusters);
    for (const std::string& id : clusters) lifetimes_.note(id);
  }
  converge_hosts();
  settling_ = false;
  wake_for_deadlines();
}

void Controller::converge_hosts() {
  for (const std::string& host : std::exchange(touched_.hosts, {})) {
    if (AgentSession* session = session_of(HostId(host))) {
      session->desired_may_differ();
      session->converge();
    }
  }
}

void Controller::wake_for_deadlines() {
  Time next = std::min(next_watch_, next_housekeeping_);
  if (lifetimes_.any()) next = std::min(next, next_lifetimes_);
  if (const std::optional<Time> deadline = flows_.next_deadline()) next = std::min(next, *deadline);
  wake_at(next);
}

void Controller::wake_at(Time when) {
  if (wake_at_ && *wake_at_ <= when) return;
  wake_at_ = when;
  parts_.timers.call_at(when, [this, when, alive = std::weak_ptr(alive_)] {
    if (alive.expired()) return;
    if (wake_at_ == when) wake_at_.reset();
    woken();
  });
}

void Controller::woken() {
  const Time now = parts_.clock.now();
  touched_.clusters.merge(flows_.overdue());
  if (now >= next_watch_) watch_sessions();
  if (now >= next_lifetimes_) end_expired();
  if (now >= next_housekeeping_) {
    next_housekeeping_ = now + kHousekeepingEvery;
    Change change = forget_ended(parts_.model, parts_.clock.wall());
    if (!change.empty()) parts_.journal.commit(std::move(change));
  }
  settle();
}

void Controller::end_expired() {
  const Time now = parts_.clock.now();
  next_lifetimes_ = now + kLifetimesEvery;
  for (const Lifetimes::Due& due : lifetimes_.due(now, parts_.clock.wall())) {
    const store::Cluster& cluster = *parts_.model.cluster(due.cluster_id);
    Change change;
    change.append(event_about(
        cluster,
        "cluster.expired",
        fmt::format("cluster {} is terminated, as its tags ask: {}", cluster.name(), due.reason),
        {}));
    // Busy: it is due the next time as well.
    if (start_terminate(ClusterId(due.cluster_id), {}).ok())
      parts_.journal.commit(std::move(change));
  }
}

void Controller::watch_sessions() {
  next_watch_ = parts_.clock.now() + kDesiredAnswerLimit;
  for (const auto& [connection, session] : sessions_)
    next_watch_ = std::min(next_watch_, session->watch());
}

}  // namespace tusker
