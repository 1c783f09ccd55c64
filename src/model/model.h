#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "model/observed.h"
#include "proto/store.pb.h"
#include "store/change.h"

namespace tusker {

// Rows of one kind in order of id; pointers to rows stay valid until that row is deleted.
template <typename T>
using Table = std::map<std::string, T, std::less<>>;

// Lets an index be asked without copying the key.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

// What nodes on a host hold, whether they run, are being made or are being removed.
struct Reservation {
  std::uint64_t memory_bytes = 0;
  std::uint64_t disk_bytes = 0;  // data disks, thin ones too: a thin disk may fill
  std::uint32_t cpus = 0;        // weights: may exceed what the host has
};

// What a cluster's nodes come to, those being removed too.
struct NodeTally {
  std::array<std::uint32_t, store::NodeType_ARRAYSIZE> count{};  // by NodeType
  std::string master_address;  // of the first master; empty without one
};

// A cluster in a list. Both pointers hold until the cluster's row is deleted.
struct ListedCluster {
  const store::Cluster* row = nullptr;
  const NodeTally* nodes = nullptr;
};

// What a change or a report touched, so that reconcilers look only there.
struct Touched {
  std::set<std::string> hosts;     // whose desired state may differ now
  std::set<std::string> clusters;  // whose flow may have something new to see
};

// The whole state in memory: stored rows with their indexes, and what agents report.
//
// Pure: no I/O, no clock. Changed only by apply() and the observe functions. Loop thread only.
// After a crash it is built again from the store; what agents reported comes back with their
// connections.
class Model {
 public:
  Model() = default;
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  // What the store loaded; once, on an empty model. Corrupt: rows contradict each other; the
  // message names them.
  Status load(std::vector<RowOp> rows);

  // The change is in force. An illegal transition of a cluster or flow is a broken invariant
  // (model/transitions.h).
  Touched apply(Change change);

  // ---- stored rows

  const store::Installation& installation() const { return installation_; }
  const Table<store::Host>& hosts() const { return hosts_; }
  const Table<store::AccessKey>& access_keys() const { return access_keys_; }
  const Table<store::Cluster>& clusters() const { return clusters_; }
  const Table<store::Node>& nodes() const { return nodes_; }
  const std::map<std::int64_t, store::Flow>& flows() const { return flows_; }
  const Table<store::ClientToken>& client_tokens() const { return client_tokens_; }
  const Table<store::FileContent>& files() const { return files_; }
  const Table<store::Bundle>& bundles() const { return bundles_; }
  const std::map<std::int64_t, store::Job>& jobs() const { return jobs_; }

  // Null when there is no such row. The pointer holds until the row is deleted.
  const store::Host* host(std::string_view id) const;
  const store::AccessKey* access_key(std::string_view secret_id) const;
  const store::Cluster* cluster(std::string_view id) const;
  const store::Node* node(std::string_view id) const;
  const store::Flow* flow(FlowId id) const;
  const store::ClientToken* client_token(std::string_view id) const;
  const store::FileContent* file(std::string_view digest) const;
  const store::Bundle* bundle(std::string_view digest) const;
  const store::Job* job(JobId id) const;

  // ---- indexes: reading one costs no more than what it yields

  // An account's clusters by their numeric Id, so oldest first; ended ones too while their rows are
  // kept.
  const std::map<std::int64_t, ListedCluster>& clusters_of(std::uint64_t account) const;
  // One cluster as such a list has it.
  ListedCluster listed(const store::Cluster& cluster) const;
  // Those of them with this name: a name is a label, several may have it.
  std::vector<const store::Cluster*> clusters_named(std::uint64_t account,
                                                    std::string_view name) const;

  // A cluster's nodes by type, then index; those being removed too.
  using NodeOrder = std::pair<int, std::uint32_t>;
  const std::map<NodeOrder, const store::Node*>& nodes_of(std::string_view cluster_id) const;
  // A host's nodes by id; those being removed too: they still hold their resources.
  const std::map<std::string, const store::Node*>& nodes_on(std::string_view host_id) const;

  // The flow that runs on this cluster, or null.
  const store::Flow* running_flow(std::string_view cluster_id) const;
  // Flows that have not ended, oldest first.
  const std::set<std::int64_t>& unfinished_flows() const { return unfinished_; }

  // A cluster's jobs, oldest first: all that have rows, and those that have not finished.
  const std::set<std::int64_t>& jobs_of(std::string_view cluster_id) const;
  const std::set<std::int64_t>& unfinished_jobs_of(std::string_view cluster_id) const;

  Reservation reserved_on(std::string_view host_id) const;
  // How many nodes' rows name this rendered file.
  std::size_t uses_of_file(std::string_view digest) const;

  // ---- observed state

  // Null when nothing was heard of this host since the server started.
  const ObservedHost* observed(std::string_view host_id) const;
  // What its host says about this node; null when it says nothing of it (yet).
  const link::NodeStatus* status_of(const store::Node& node) const;

  void observe_connected(const HostId& host, const link::Hello& hello, Time now);
  void observe_disconnected(const HostId& host);
  void observe_heartbeat(const HostId& host, const link::Heartbeat& heartbeat, Time now);
  Touched observe_state(const HostId& host, const link::Observed& state, Time now);

 private:
  // There is one for each cluster, and for each cluster that nodes name.
  struct ClusterNodes {
    std::map<NodeOrder, const store::Node*> rows;
    NodeTally tally;
  };

  void put(const std::string& id, Object object, Touched& touched);
  void remove(store::Kind kind, const std::string& id, Touched& touched);
  void put_cluster(const std::string& id, store::Cluster row, Touched& touched);
  void put_node(const std::string& id, store::Node row, Touched& touched);
  void put_flow(store::Flow row, Touched& touched);
  void put_job(store::Job row, Touched& touched);
  void remove_job(std::int64_t id, Touched& touched);
  void remove_cluster(const std::string& id);
  void remove_node(const std::string& id, Touched& touched);
  void index_node(const store::Node& node);
  void unindex_node(const store::Node& node);
  static void note_master(ClusterNodes& nodes);
  void forget_empty_index(const std::string& cluster_id);
  void touch_cluster(std::string_view cluster_id, Touched& touched) const;

  store::Installation installation_;
  Table<store::Host> hosts_;
  Table<store::AccessKey> access_keys_;
  Table<store::Cluster> clusters_;
  Table<store::Node> nodes_;
  std::map<std::int64_t, store::Flow> flows_;
  Table<store::ClientToken> client_tokens_;
  Table<store::FileContent> files_;
  Table<store::Bundle> bundles_;
  std::map<std::int64_t, store::Job> jobs_;

  std::map<std::uint64_t, std::map<std::int64_t, ListedCluster>> clusters_by_account_;
  std::map<std::pair<std::uint64_t, std::string>, std::set<std::int64_t>> clusters_by_name_;
  std::unordered_map<std::string, ClusterNodes, TextHash, std::equal_to<>> nodes_by_cluster_;
  std::map<std::string, std::map<std::string, const store::Node*>, std::less<>> nodes_by_host_;
  std::map<std::string, Reservation, std::less<>> reserved_;
  std::map<std::string, std::size_t, std::less<>> file_uses_;
  std::set<std::int64_t> unfinished_;
  std::map<std::string, std::set<std::int64_t>, std::less<>> jobs_by_cluster_;
  std::map<std::string, std::set<std::int64_t>, std::less<>> unfinished_jobs_;

  std::map<std::string, ObservedHost, std::less<>> observed_;
};

// A cluster's nodes of one type; the default instance, without a spec, if it was made without them.
const store::NodeGroup& group_of(const store::Cluster& cluster, store::NodeType type);

}  // namespace tusker
