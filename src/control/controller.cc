#include "control/controller.h"

#include <algorithm>
#include <utility>

#include "control/agent_session.h"
#include "control/housekeeping.h"
#include "control/inventory_of.h"

namespace tusker {
namespace {

constexpr std::chrono::minutes kHousekeepingEvery{10};
constexpr std::chrono::seconds kLifetimesEvery{15};

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

Inventory Controller::inventory() const {
  return inventory_of(parts_.model);
}

Result<FlowProgress> Controller::flow_progress(FlowId flow) const {
  return flows_.progress(flow);
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
