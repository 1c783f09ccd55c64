#include "model/model.h"

#include <algorithm>
#include <utility>

#include "model/transitions.h"

namespace tusker {
namespace {

template <typename T>
const T* find_in(const Table<T>& table, std::string_view id) {
  const auto found = table.find(id);
  return found == table.end() ? nullptr : &found->second;
}

template <typename Map>
const typename Map::mapped_type& find_or_empty(const Map& map, const auto& key) {
  static const typename Map::mapped_type empty{};
  const auto found = map.find(key);
  return found == map.end() ? empty : found->second;
}

}  // namespace

Status Model::load(std::vector<RowOp> rows) {
  TK_CHECK(hosts_.empty() && clusters_.empty() && nodes_.empty(), "load() is for an empty model");
  Touched nobody;
  for (RowOp& row : rows) {
    if (row.object) put(row.id, *std::move(row.object), nobody);
  }
  for (const auto& [id, node] : nodes_) {
    if (cluster(node.cluster_id()) == nullptr || host(node.host_id()) == nullptr) {
      return Error::make(ErrorCode::Corrupt,
                         "node {} names cluster {} and host {}, and one of them has no row; "
                         "restore the data folder from a backup",
                         id,
                         node.cluster_id(),
                         node.host_id());
    }
  }
  for (const std::int64_t id : unfinished_) {
    if (cluster(flows_.at(id).cluster_id()) == nullptr) {
      return Error::make(
          ErrorCode::Corrupt,
          "flow {} names cluster {}, which has no row; restore the data folder from a backup",
          id,
          flows_.at(id).cluster_id());
    }
  }
  return ok_status();
}

Touched Model::apply(Change change) {
  Touched touched;
  for (RowOp& row : std::move(change).take_rows()) {
    if (row.object) {
      put(row.id, *std::move(row.object), touched);
    } else {
      remove(row.kind, row.id, touched);
    }
  }
  return touched;
}

void Model::put(const std::string& id, Object object, Touched& touched) {
  struct Visitor {
    Model& model;
    const std::string& id;
    Touched& touched;
    void operator()(store::Installation& row) const { model.installation_ = std::move(row); }
    void operator()(store::Host& row) const {
      model.hosts_[id] = std::move(row);
      touched.hosts.insert(id);
    }
    void operator()(store::AccessKey& row) const { model.access_keys_[id] = std::move(row); }
    void operator()(store::Cluster& row) const { model.put_cluster(id, std::move(row), touched); }
    void operator()(store::Node& row) const { model.put_node(id, std::move(row), touched); }
    void operator()(store::Flow& row) const { model.put_flow(std::move(row), touched); }
    void operator()(store::Job& row) const { model.put_job(std::move(row), touched); }
    void operator()(store::ClientToken& row) const { model.client_tokens_[id] = std::move(row); }
    void operator()(store::FileContent& row) const { model.files_[id] = std::move(row); }
    void operator()(store::Bundle& row) const {
      model.bundles_[id] = std::move(row);
      for (const auto& [host, unused] : model.hosts_) touched.hosts.insert(host);
    }
  };
  std::visit(Visitor{*this, id, touched}, object);
}

void Model::remove(store::Kind kind, const std::string& id, Touched& touched) {
  switch (kind) {
    case store::HOST:
      hosts_.erase(id);
      observed_.erase(id);
      break;
    case store::ACCESS_KEY:
      access_keys_.erase(id);
      break;
    case store::CLUSTER:
      remove_cluster(id);
      break;
    case store::NODE:
      remove_node(id, touched);
      break;
    case store::FLOW: {
      const std::int64_t number = std::stoll(id);
      unfinished_.erase(number);
      flows_.erase(number);
      break;
    }
    case store::JOB:
      remove_job(std::stoll(id), touched);
      break;
    case store::CLIENT_TOKEN:
      client_tokens_.erase(id);
      break;
    case store::FILE:
      files_.erase(id);
      break;
    case store::BUNDLE:
      bundles_.erase(id);
      break;
    default:
      TK_CHECK(false, "a row of kind {} cannot be deleted", static_cast<int>(kind));
  }
}

void Model::put_cluster(const std::string& id, store::Cluster row, Touched& touched) {
  store::Cluster& stored = clusters_[id];
  if (!stored.id().empty()) {
    TK_CHECK(may_follow(stored.state(), row.state()),
             "cluster {}: {} after {}",
             id,
             store::Cluster::State_Name(row.state()),
             store::Cluster::State_Name(stored.state()));
    clusters_by_account_[stored.account()].erase(stored.number());
    clusters_by_name_[{stored.account(), stored.name()}].erase(stored.number());
  }
  stored = std::move(row);
  clusters_by_account_[stored.account()][stored.number()] = {&stored, &nodes_by_cluster_[id].tally};
  clusters_by_name_[{stored.account(), stored.name()}].insert(stored.number());
  touch_cluster(id, touched);
}

void Model::remove_cluster(const std::string& id) {
  const auto found = clusters_.find(id);
  if (found == clusters_.end()) return;
  const auto name = std::pair(found->second.account(), found->second.name());
  clusters_by_account_[found->second.account()].erase(found->second.number());
  clusters_by_name_[name].erase(found->second.number());
  if (clusters_by_name_[name].empty()) clusters_by_name_.erase(name);
  const std::string cluster_id = found->first;
  clusters_.erase(found);
  forget_empty_index(cluster_id);
}

void Model::put_node(const std::string& id, store::Node row, Touched& touched) {
  store::Node& stored = nodes_[id];
  if (!stored.id().empty()) {
    TK_CHECK(stored.host_id() == row.host_id() && stored.address() == row.address(),
             "node {} moves: a node keeps its host and address for life",
             id);
    unindex_node(stored);
  }
  stored = std::move(row);
  index_node(stored);
  touched.hosts.insert(stored.host_id());
  touch_cluster(stored.cluster_id(), touched);
}

void Model::remove_node(const std::string& id, Touched& touched) {
  const auto found = nodes_.find(id);
  if (found == nodes_.end()) return;
  touched.hosts.insert(found->second.host_id());
  touch_cluster(found->second.cluster_id(), touched);
  unindex_node(found->second);
  nodes_.erase(found);
}

void Model::index_node(const store::Node& node) {
  ClusterNodes& of_cluster = nodes_by_cluster_[node.cluster_id()];
  of_cluster.rows[{node.type(), node.index()}] = &node;
  ++of_cluster.tally.count.at(static_cast<std::size_t>(node.type()));
  note_master(of_cluster);
  nodes_by_host_[node.host_id()][node.id()] = &node;
  Reservation& held = reserved_[node.host_id()];
  held.memory_bytes += node.spec().memory_bytes();
  held.cpus += node.spec().cpus();
  for (const store::Disk& disk : node.disks()) held.disk_bytes += disk.bytes();
  for (const store::File& file : node.files()) {
    if (!file.digest().empty()) ++file_uses_[file.digest()];
  }
}

void Model::unindex_node(const store::Node& node) {
  ClusterNodes& of_cluster = nodes_by_cluster_[node.cluster_id()];
  of_cluster.rows.erase({node.type(), node.index()});
  --of_cluster.tally.count.at(static_cast<std::size_t>(node.type()));
  note_master(of_cluster);
  forget_empty_index(node.cluster_id());
  const auto on_host = nodes_by_host_.find(node.host_id());
  on_host->second.erase(node.id());
  if (on_host->second.empty()) nodes_by_host_.erase(on_host);
  Reservation& held = reserved_[node.host_id()];
  held.memory_bytes -= node.spec().memory_bytes();
  held.cpus -= node.spec().cpus();
  for (const store::Disk& disk : node.disks()) held.disk_bytes -= disk.bytes();
  for (const store::File& file : node.files()) {
    const auto uses = file_uses_.find(file.digest());
    if (uses != file_uses_.end() && --uses->second == 0) file_uses_.erase(uses);
  }
}

void Model::note_master(ClusterNodes& nodes) {
  const auto first = nodes.rows.lower_bound({store::MASTER, 0});
  const bool found = first != nodes.rows.end() && first->first.first == store::MASTER;
  nodes.tally.master_address = found ? first->second->address() : std::string();
}

void Model::forget_empty_index(const std::string& cluster_id) {
  const auto found = nodes_by_cluster_.find(cluster_id);
  if (found->second.rows.empty() && !clusters_.contains(cluster_id)) nodes_by_cluster_.erase(found);
}

void Model::put_flow(store::Flow row, Touched& touched) {
  const std::int64_t id = row.id();
  store::Flow& stored = flows_[id];
  TK_CHECK(stored.id() == 0 || may_follow(stored, row),
           "flow {}: {} {} after {} {}",
           id,
           store::Flow::Direction_Name(row.direction()),
           store::Flow::Outcome_Name(row.outcome()),
           store::Flow::Direction_Name(stored.direction()),
           store::Flow::Outcome_Name(stored.outcome()));
  stored = std::move(row);
  if (stored.outcome() == store::Flow::UNFINISHED) {
    unfinished_.insert(id);
  } else {
    unfinished_.erase(id);
  }
  touch_cluster(stored.cluster_id(), touched);
}

void Model::put_job(store::Job row, Touched& touched) {
  store::Job& stored = jobs_[row.id()];
  TK_CHECK(stored.id() == 0 || may_follow(stored, row),
           "job {}: {} after {}",
           row.id(),
           store::Job::State_Name(row.state()),
           store::Job::State_Name(stored.state()));
  stored = std::move(row);
  jobs_by_cluster_[stored.cluster_id()].insert(stored.id());
  if (stored.state() == store::Job::FINISHED) {
    unfinished_jobs_[stored.cluster_id()].erase(stored.id());
  } else {
    unfinished_jobs_[stored.cluster_id()].insert(stored.id());
  }
  touch_cluster(stored.cluster_id(), touched);
}

void Model::remove_job(std::int64_t id, Touched& touched) {
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return;
  const std::string cluster = found->second.cluster_id();
  for (auto* const index : {&jobs_by_cluster_, &unfinished_jobs_}) {
    (*index)[cluster].erase(id);
    if ((*index)[cluster].empty()) index->erase(cluster);
  }
  jobs_.erase(found);
  touch_cluster(cluster, touched);
}

// Who may start and who may talk to whom depends on a cluster's other nodes: their hosts are
// touched as well.
void Model::touch_cluster(std::string_view cluster_id, Touched& touched) const {
  if (!touched.clusters.insert(std::string(cluster_id)).second) return;
  for (const auto& [order, node] : nodes_of(cluster_id)) touched.hosts.insert(node->host_id());
}

const store::Host* Model::host(std::string_view id) const {
  return find_in(hosts_, id);
}
const store::AccessKey* Model::access_key(std::string_view id) const {
  return find_in(access_keys_, id);
}
const store::Cluster* Model::cluster(std::string_view id) const {
  return find_in(clusters_, id);
}
const store::Node* Model::node(std::string_view id) const {
  return find_in(nodes_, id);
}
const store::ClientToken* Model::client_token(std::string_view id) const {
  return find_in(client_tokens_, id);
}
const store::FileContent* Model::file(std::string_view digest) const {
  return find_in(files_, digest);
}
const store::Bundle* Model::bundle(std::string_view digest) const {
  return find_in(bundles_, digest);
}

const store::Flow* Model::flow(FlowId id) const {
  const auto found = flows_.find(static_cast<std::int64_t>(id));
  return found == flows_.end() ? nullptr : &found->second;
}

const store::Job* Model::job(JobId id) const {
  const auto found = jobs_.find(static_cast<std::int64_t>(id));
  return found == jobs_.end() ? nullptr : &found->second;
}

const std::set<std::int64_t>& Model::jobs_of(std::string_view cluster_id) const {
  return find_or_empty(jobs_by_cluster_, cluster_id);
}

const std::set<std::int64_t>& Model::unfinished_jobs_of(std::string_view cluster_id) const {
  return find_or_empty(unfinished_jobs_, cluster_id);
}

const std::map<std::int64_t, ListedCluster>& Model::clusters_of(std::uint64_t account) const {
  return find_or_empty(clusters_by_account_, account);
}

ListedCluster Model::listed(const store::Cluster& cluster) const {
  return clusters_by_account_.at(cluster.account()).at(cluster.number());
}

std::vector<const store::Cluster*> Model::clusters_named(std::uint64_t account,
                                                         std::string_view name) const {
  std::vector<const store::Cluster*> found;
  for (const std::int64_t number :
       find_or_empty(clusters_by_name_, std::pair(account, std::string(name)))) {
    found.push_back(clusters_by_account_.at(account).at(number).row);
  }
  return found;
}

const std::map<Model::NodeOrder, const store::Node*>& Model::nodes_of(
    std::string_view cluster_id) const {
  return find_or_empty(nodes_by_cluster_, cluster_id).rows;
}

const std::map<std::string, const store::Node*>& Model::nodes_on(std::string_view host_id) const {
  return find_or_empty(nodes_by_host_, host_id);
}

const store::Flow* Model::running_flow(std::string_view cluster_id) const {
  const store::Cluster* row = cluster(cluster_id);
  return row == nullptr || !row->flow_running() ? nullptr : flow(FlowId{row->flow_id()});
}

Reservation Model::reserved_on(std::string_view host_id) const {
  return find_or_empty(reserved_, host_id);
}

std::size_t Model::uses_of_file(std::string_view digest) const {
  return find_or_empty(file_uses_, digest);
}

const ObservedHost* Model::observed(std::string_view host_id) const {
  const auto found = observed_.find(host_id);
  return found == observed_.end() ? nullptr : &found->second;
}

const link::NodeStatus* Model::status_of(const store::Node& node) const {
  const ObservedHost* host = observed(node.host_id());
  if (host == nullptr) return nullptr;
  const auto found = host->nodes.find(node.id());
  return found == host->nodes.end() ? nullptr : &found->second;
}

void Model::observe_connected(const HostId& host, const link::Hello& hello, Time now) {
  ObservedHost& seen = observed_[host.text()];
  seen.connected = true;
  seen.heard = true;
  seen.reported = false;
  seen.last_heard = now;
  seen.version = hello.version();
  seen.boot_id = hello.boot_id();
  seen.facts = hello.facts();
}

void Model::observe_disconnected(const HostId& host) {
  const auto found = observed_.find(host.text());
  if (found == observed_.end()) return;
  found->second.connected = false;
  found->second.reported = false;
}

void Model::observe_heartbeat(const HostId& host, const link::Heartbeat& heartbeat, Time now) {
  ObservedHost& seen = observed_[host.text()];
  seen.last_heard = now;
  if (heartbeat.wall_ms() != 0) seen.clock.heard(heartbeat.wall_ms(), now);
  seen.facts.set_disk_free_bytes(heartbeat.disk_free_bytes());
  seen.facts.set_memory_available_bytes(heartbeat.memory_available_bytes());
}

Touched Model::observe_state(const HostId& host, const link::Observed& state, Time now) {
  ObservedHost& seen = observed_[host.text()];
  seen.last_heard = now;
  seen.reported = true;
  seen.seen = state.seen();
  if (state.has_facts()) seen.facts = state.facts();
  seen.nodes.clear();
  for (const link::NodeStatus& node : state.nodes()) seen.nodes[node.id()] = node;
  seen.orphans.assign(state.orphans().begin(), state.orphans().end());
  seen.orphan_facts.assign(state.orphan_facts().begin(), state.orphan_facts().end());
  seen.artifacts.assign(state.artifacts().begin(), state.artifacts().end());
  seen.kept_logs.assign(state.kept_logs().begin(), state.kept_logs().end());
  Touched touched;
  for (const auto& [id, node] : nodes_on(host.text())) touch_cluster(node->cluster_id(), touched);
  return touched;
}

const store::NodeGroup& group_of(const store::Cluster& cluster, store::NodeType type) {
  for (const store::NodeGroup& group : cluster.groups())
    if (group.type() == type) return group;
  return store::NodeGroup::default_instance();
}

}  // namespace tusker
