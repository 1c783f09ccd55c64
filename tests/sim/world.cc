#include "sim/world.h"

#include <algorithm>

#include "base/encoding.h"
#include "control/desired_state.h"
#include "control/installation.h"
#include "control/metadata.h"
#include "model/network.h"
#include "model/transitions.h"
#include "sim/plans.h"

namespace tusker::sim {
namespace {

using namespace std::chrono_literals;

const std::string kVersion = "sim";

}  // namespace

// The server's end of a wire.
class World::Link final : public AgentLink {
 public:
  Link(World& world, int wire) : world_(world), wire_(wire) {}
  void send(const link::ServerFrame& frame) override {
    world_.note_told(frame);
    world_.send(wire_, true, frame);
  }
  void close(std::string_view) override {
    world_.soon_.push_back([&world = world_, wire = wire_] { world.close_wire(wire); });
  }

 private:
  World& world_;
  int wire_;
};

World::World(std::uint64_t seed, int hosts) : random_(seed) {
  start_server();
  for (int i = 0; i < hosts; ++i) {
    JoinRequest request;
    request.name = fmt::format("host-{}", i + 1);
    request.facts.set_cpus(8);
    request.facts.set_memory_bytes(std::uint64_t{16} << 30);
    request.facts.set_disk_total_bytes(std::uint64_t{100} << 30);
    request.facts.set_architecture("x86_64");
    const Result<store::Host> host = controller().join_host(make_host_id(random_), request);
    Host added;
    added.agent = std::make_unique<SimAgent>(
        host.value().id(),
        random_,
        trouble,
        [this](const std::string& cluster, const std::string& role, bool leaving) {
          return count_ready(cluster, role, leaving);
        });
    hosts_.push_back(std::move(added));
  }
  run_until_quiet();
}

World::~World() {
  server_.reset();
}

void World::arm() {
  armed_ = true;
  commits_ = crashes_ = to_agent_ = to_server_ = 0;
}

void World::start_server() {
  server_ = std::make_unique<Server>(disk_);
  Server& server = *server_;
  Result<std::vector<RowOp>> rows = server.store.load();
  Status loaded = server.model.load(std::move(rows).value());
  if (!loaded.ok()) break_invariant(loaded.error().message());
  server.journal.emplace(server.model, server.store);
  Result<Startup> startup = start_installation(server.model, {}, sealer_, random_, clock_.wall());
  server.journal->commit(std::move(startup).value().change);
  server.controller = std::make_unique<Controller>(Controller::Parts{server.model,
                                                                     *server.journal,
                                                                     server.store,
                                                                     clock_,
                                                                     random_,
                                                                     server.timers,
                                                                     sealer_,
                                                                     Log::none(),
                                                                     sim_rules(),
                                                                     kVersion});
  server.controller->start();
}

void World::crash() {
  ++crashes_;
  crash_at = 0;  // once
  soon_.clear();
  server_.reset();
  for (auto& [number, wire] : wires_) wire.server_end.reset();
  std::vector<int> open;
  for (const auto& [number, wire] : wires_) open.push_back(number);
  for (const int wire : open) close_wire(wire);
  clock_.advance(500ms);
  start_server();
}

bool World::write_one_commit() {
  if (server_->store.queued() == 0) return false;
  if (armed_) {
    ++commits_;
    if (before_commit) before_commit();
    if (commits_ == crash_at && !crash_after) {
      crash();
      return true;
    }
  }
  server_->store.write_one();
  if (armed_ && commits_ == crash_at && crash_after) {
    crash();
    return true;
  }
  if (server_->store.queued() == 0 || random_.below(2) == 0) server_->store.tell();
  return true;
}

Result<FlowId> World::create(int core, std::optional<store::Job> job) {
  ClusterPlan planned = plan_of(controller().inventory(), core, sealer_, random_);
  cluster_id_ = planned.cluster.id();
  if (job) job->set_cluster_id(cluster_id_);
  return answer(controller().start_create(std::move(planned), {}, std::nullopt, std::move(job)));
}

Result<JobId> World::run_job(store::Job job) {
  job.set_cluster_id(cluster_id_);
  Result<JobId> begun = controller().start_job(std::move(job), {}, std::nullopt);
  if (begun.ok()) {
    server_->journal->when_durable(server_->journal->current(),
                                   [this, id = *begun] { answered_job_ = id; });
  }
  return begun;
}

Result<FlowId> World::answer(Result<FlowId> flow) {
  if (flow.ok()) {
    server_->journal->when_durable(server_->journal->current(),
                                   [this, id = *flow] { answered_ = id; });
  }
  return flow;
}

Result<std::shared_ptr<const bool>> World::answer(const Status& done) {
  if (!done.ok()) return done.error();
  auto told = std::make_shared<bool>(false);
  server_->journal->when_durable(server_->journal->current(), [told] { *told = true; });
  return std::shared_ptr<const bool>(told);
}

Result<std::shared_ptr<const bool>> World::clean(std::size_t host,
                                                 const std::vector<std::string>& ids) {
  return answer(controller().clean_host(HostId(host_id(host)), ids, {}));
}

Result<std::shared_ptr<const bool>> World::forget(std::size_t host) {
  return answer(controller().forget_host(HostId(host_id(host)), {}));
}

std::string World::plant_orphan(std::size_t host) {
  std::string id = make_node_id(random_).text();
  hosts_[host].agent->plant_orphan(id);
  if (hosts_[host].wire != 0) send(hosts_[host].wire, false, hosts_[host].agent->observed());
  return id;
}

std::size_t World::host_of(const std::string& node_name) {
  for (const store::Node& node : rows()) {
    for (std::size_t i = 0; node.name() == node_name && i < hosts_.size(); ++i)
      if (host_id(i) == node.host_id()) return i;
  }
  TK_CHECK(false, "no host has {}", node_name);
  return 0;
}

Result<FlowId> World::terminate() {
  return answer(controller().start_terminate(ClusterId(cluster_id_), {}));
}

std::vector<store::Node> World::rows() {
  std::vector<store::Node> nodes;
  for (const auto& [order, node] : model().nodes_of(cluster_id_)) nodes.push_back(*node);
  return nodes;
}

Result<FlowId> World::scale_out() {
  return answer(controller().start_scale_out(
      growth_of(controller().inventory(), *cluster(), rows(), sealer_, random_), {}, std::nullopt));
}

Result<FlowId> World::scale_in(const std::string& node_name) {
  for (const store::Node& node : rows()) {
    if (node.name() != node_name) continue;
    return answer(controller().start_scale_in(ClusterId(cluster_id_), {node.id()}, 10min, {}));
  }
  return Error(ErrorCode::NotFound, "no node " + node_name);
}

Result<FlowId> World::operate(store::RoleOperation::Verb verb, std::uint32_t batch) {
  RoleWish wish;
  wish.verb = verb;
  wish.batch = batch;
  wish.pause = 2s;
  for (const store::Node& node : rows())
    for (const store::Role& role : node.roles()) wish.roles.push_back({node.id(), role.name()});
  std::stable_sort(wish.roles.begin(), wish.roles.end(), [](const auto& a, const auto& b) {
    return a.role < b.role;
  });
  Result<std::optional<FlowId>> flow = controller().operate_roles(ClusterId(cluster_id_), wish, {});
  if (!flow.ok()) return flow.error();
  if (!flow->has_value()) return Error(ErrorCode::FailedPrecondition, "nothing to do");
  return answer(**flow);
}

Result<FlowId> World::restore() {
  return answer(controller().start_restore(ClusterId(cluster_id_), {}, {}));
}

// What the server does beside its flows: copies are made as soon as they are wanted.
void World::carry_copies() {
  const store::Cluster* const row = cluster();
  if (row == nullptr || row->metadata_copies_wanted() <= newest_copy(*row)) return;
  store::MetadataCopy copy;
  copy.set_number(row->metadata_copies_wanted());
  copy.set_digest("sha256:" + std::string(64, '0'));
  controller().note_metadata_copy(ClusterId(cluster_id_), std::move(copy), 3);
}

void World::restore_copy() {
  const store::Flow* const flow = model().running_flow(cluster_id_);
  if (flow == nullptr || flow->kind() != store::Flow::RESTORE) return;
  const bool puts = flow->stage() == kPutCopy;
  const bool accepts = flow->stage() == kAcceptCopy;
  const bool sets_aside = flow->stage() == kSetAside;
  if (!puts && !accepts && !sets_aside) return;
  if ((sets_aside && trouble.kind == Trouble::Kind::NeverSetAside) ||
      (puts && trouble.kind == Trouble::Kind::CopyNeverThere) ||
      (accepts && trouble.kind == Trouble::Kind::CopyNeverAccepted) ||
      !flow->restoration().failure().empty())
    return;
  const bool damaged = puts && trouble.kind == Trouble::Kind::CopyDamaged;
  controller().note_restored(
      FlowId{flow->id()},
      flow->stage(),
      damaged ? Status(Error(ErrorCode::Corrupt, "the copy is damaged")) : ok_status());
}

int World::count_ready(const std::string& cluster, const std::string& role, bool leaving) {
  int count = 0;
  for (const Host& one : hosts_) {
    count += one.agent->ready_roles(cluster, role, [&](const std::string& id) {
      const store::Node* const node = model().node(id);
      return !leaving || (node != nullptr && node->leaving());
    });
  }
  return count;
}

const store::Flow* World::last_flow() {
  return cluster() == nullptr ? nullptr : model().flow(FlowId{cluster()->flow_id()});
}

std::vector<const SimAgent::Node*> World::containers() const {
  std::vector<const SimAgent::Node*> all;
  for (const Host& host : hosts_) {
    for (const auto& [id, node] : host.agent->nodes()) all.push_back(&node);
  }
  return all;
}

bool World::away(std::size_t host) {
  if (trouble.kind != Trouble::Kind::HostNeverThere) return false;
  for (const auto& [id, node] : model().nodes_on(hosts_[host].agent->host_id())) {
    if (node->name() == trouble.node) return true;
  }
  return false;
}

void World::dial(std::size_t index) {
  Host& host = hosts_[index];
  const int number = ++last_wire_;
  Result<AgentConnection> connection = controller().agent_connected(
      HostId(host.agent->host_id()), std::make_unique<Link>(*this, number));
  if (!connection.ok()) {
    host.dial_at = clock_.now() + 1s;  // its row is not there yet
    return;
  }
  wires_[number] = Wire{index, *connection};
  host.wire = number;
  host.beat_at = clock_.now() + 5s;
  send(number, false, host.agent->hello());
  send(number, false, host.agent->observed());
}

void World::send(int number, bool to_agent, const google::protobuf::MessageLite& frame) {
  const auto found = wires_.find(number);
  if (found == wires_.end() || found->second.cut) return;
  Wire& wire = found->second;
  Time arrival = clock_.now() + std::chrono::microseconds(200 + random_.below(3000));
  int copies = 1;
  if (armed_) {
    const int index = to_agent ? to_agent_++ : to_server_++;
    if (fault.kind != MessageFault::Kind::None && fault.to_agent == to_agent &&
        fault.index == index) {
      if (fault.kind == MessageFault::Kind::Lost) {
        wire.cut = true;
        in_flight_.emplace(clock_.now() + 2s,
                           Message{number, to_agent, {}});  // both ends notice later
        return;
      }
      if (fault.kind == MessageFault::Kind::Late) arrival += 17s;
      if (fault.kind == MessageFault::Kind::Doubled) copies = 2;
    }
  }
  Time& last = wire.last_arrival[to_agent ? 1 : 0];
  arrival = std::max(arrival, last + 1us);
  last = arrival;
  for (int i = 0; i < copies; ++i)
    in_flight_.emplace(arrival, Message{number, to_agent, frame.SerializeAsString()});
}

void World::deliver(const Message& message) {
  const auto found = wires_.find(message.connection);
  if (found == wires_.end()) return;
  Wire& wire = found->second;
  if (message.bytes.empty() && wire.cut) {
    close_wire(message.connection);
  } else if (wire.cut) {
    return;
  } else if (message.to_agent) {
    link::ServerFrame frame;
    if (!frame.ParseFromString(message.bytes))
      break_invariant("a frame to an agent does not parse");
    Host& host = hosts_[wire.host];
    if (host.wire == message.connection && host.agent->take_over(frame))
      send(message.connection, false, host.agent->observed());
    host.tick_at = clock_.now();
  } else if (wire.server_end) {
    link::AgentFrame frame;
    if (!frame.ParseFromString(message.bytes))
      break_invariant("a frame from an agent does not parse");
    controller().agent_frame(*wire.server_end, frame);
  }
}

void World::close_wire(int number) {
  const auto found = wires_.find(number);
  if (found == wires_.end()) return;
  const Wire wire = found->second;
  wires_.erase(found);
  Host& host = hosts_[wire.host];
  if (host.wire == number) {
    host.wire = 0;
    host.dial_at = clock_.now() + std::chrono::milliseconds(random_.below(2000));
  }
  if (wire.server_end && server_) controller().agent_closed(*wire.server_end);
}

void World::run_agent(std::size_t index) {
  Host& host = hosts_[index];
  const Time now = clock_.now();
  if (host.wire == 0 && now >= host.dial_at) {
    if (away(index)) {
      host.dial_at = now + 1s;
    } else {
      dial(index);
    }
  }
  if (now >= host.tick_at) {
    const bool changed = host.agent->tick(now);
    host.tick_at = now + (host.agent->unsettled() ? 100ms : 1000ms);
    if (changed && host.wire != 0) send(host.wire, false, host.agent->observed());
  }
  if (host.wire != 0 && now >= host.beat_at) {
    host.beat_at = now + 5s;
    send(host.wire, false, host.agent->heartbeat());
  }
  if (host.wire != 0 && away(index)) close_wire(host.wire);
}

Time World::next_event() const {
  Time next = std::min(server_->timers.next(), carry_at_);
  if (!in_flight_.empty()) next = std::min(next, in_flight_.begin()->first);
  for (const Host& host : hosts_) {
    next = std::min({next, host.tick_at, host.wire == 0 ? host.dial_at : host.beat_at});
  }
  return next;
}

bool World::step() {
  const Time now = clock_.now();
  if (!soon_.empty()) {
    const std::vector<std::function<void()>> closing = std::exchange(soon_, {});
    for (const auto& close : closing) close();
  } else if (server_->store.queued() > 0 && random_.below(3) != 0) {
    write_one_commit();
  } else if (!in_flight_.empty() && in_flight_.begin()->first <= now) {
    const Message message = in_flight_.begin()->second;
    in_flight_.erase(in_flight_.begin());
    deliver(message);
  } else if (server_->timers.due(now)) {
    server_->timers.fire();
  } else if (now >= carry_at_) {
    carry_at_ = now + 1s;
    carry_copies();
    restore_copy();
  } else if (const auto host = std::find_if(
                 hosts_.begin(),
                 hosts_.end(),
                 [&](const Host& one) {
                   return one.tick_at <= now || (one.wire == 0 ? one.dial_at : one.beat_at) <= now;
                 });
             host != hosts_.end()) {
    run_agent(static_cast<std::size_t>(host - hosts_.begin()));
  } else if (!write_one_commit()) {
    clock_.advance(next_event() - now);
  }
  for (const Host& host : hosts_) {
    if (!host.agent->violation().empty()) break_invariant(host.agent->violation());
  }
  check();
  return broken_.empty();
}

bool World::run_until(const std::function<bool()>& done, Duration limit) {
  const Time end = clock_.now() + limit;
  while (!done()) {
    if (clock_.now() > end || !step()) return false;
  }
  return true;
}

void World::run_until_quiet() {
  // Longer than the spread of dialling and any lost connection.
  const Time end = clock_.now() + 5s;
  while (clock_.now() < end && step()) {
  }
}

std::map<std::string, int> World::task_starts() const {
  std::map<std::string, int> all;
  for (const Host& host : hosts_) {
    for (const auto& [id, count] : host.agent->task_starts()) all[id] += count;
  }
  return all;
}

const std::string& World::host_name_of(const std::string& node_name) {
  for (const auto& [id, node] : model().nodes()) {
    if (node.name() == node_name) return model().host(node.host_id())->name();
  }
  static const std::string none;
  return none;
}

}  // namespace tusker::sim
