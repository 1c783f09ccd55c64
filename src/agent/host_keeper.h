#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/artifact_store.h"
#include "agent/firewall.h"
#include "agent/host_layout.h"
#include "agent/node_entry.h"
#include "agent/node_maker.h"
#include "agent/runc.h"
#include "base/log.h"
#include "base/process.h"
#include "base/random.h"
#include "engine/exchange.h"
#include "net/event_loop.h"
#include "net/worker_pool.h"
#include "proto/link.pb.h"

namespace tusker {

// Makes this host what is desired, and knows what it is: every node's life, artifacts, bridge and
// firewall.
//
// The loop holds all state; what blocks runs on named threads, at most one job per node at a time,
// different nodes at once. After a crash, start() finds again what there is. Destroying it leaves
// all nodes as they are, after jobs that have begun.
class HostKeeper {
 public:
  struct Parts {
    EventLoop& loop;
    HostLayout host;
    BlobSource& blobs;
    ProcessRunner& runner;
    Random& random;  // the loop's
    Log log;
    std::string host_name;
  };

  // `changed` is called, on the loop, when observed() may say something new.
  HostKeeper(Parts parts, std::function<void()> changed);
  ~HostKeeper();
  HostKeeper(const HostKeeper&) = delete;
  HostKeeper& operator=(const HostKeeper&) = delete;

  // Once, before the loop runs or on it: takes over what an earlier agent left, and brings back the
  // last desired state. Blocks shortly.
  Status start();

  // What shall be from now on. An older generation than that of the newest is refused. It is in
  // force, and told by observed(), when it is saved.
  void take(link::Desired desired);

  link::Observed observed() const;
  const link::HostFacts& facts() const { return facts_; }

  // The node, if its container runs; for streams.
  struct Running {
    std::shared_ptr<const NodeOrder> order;
    std::shared_ptr<Container> container;
  };
  Result<Running> running(const std::string& node) const;
  const HostLayout& host() const { return parts_.host; }
  const Runc& runc() const { return runc_; }
  const ArtifactStore& artifacts() const { return artifacts_; }

 private:
  struct Fetching {
    Artifact artifact;
    bool busy = false;
    bool present = false;
    int failures = 0;
    std::string error;
    Timer retry;
  };
  struct Look;

  void apply(std::shared_ptr<const link::Desired> desired);
  void save_pending();
  void want_nodes(const link::Desired& desired);
  void want_artifacts(const link::Desired& desired);
  void want_network(const link::Desired& desired);
  std::shared_ptr<const NodeOrder> order_for(const link::Desired& desired,
                                             const link::Node& node) const;
  NodeEntry& entry(const std::string& id);

  void fetch(Fetching& fetching);
  void make_network();
  void check_network();
  void advance(NodeEntry& entry);
  void advance_all();
  bool has_artifacts(const NodeOrder& order) const;
  void make(NodeEntry& entry);
  void node_made(const std::string& id,
                 std::shared_ptr<const NodeOrder> order,
                 Time began,
                 NodeMade made);
  void remove(NodeEntry& entry);
  void node_removed(const std::string& id, const Status& status);
  void fail(NodeEntry& entry, link::Failure failure);

  void look();
  void looked(std::vector<Look> looks, bool with_figures);
  void observe(NodeEntry& entry, NodeView view);
  void update_probes(NodeEntry& entry);
  void update_reloads(NodeEntry& entry);
  void watch_tasks(NodeEntry& entry);
  void schedule_look();
  void prune_logs();
  void keep_logs();
  std::vector<std::string> orphans() const;

  Parts parts_;
  const std::function<void()> changed_;
  Runc runc_;
  ArtifactStore artifacts_;
  Firewall firewall_;
  NodeTools tools_;
  Exchanger exchanger_;

  link::Generation seen_;
  std::shared_ptr<const link::Desired> desired_;  // in force; null: none yet
  std::shared_ptr<const link::Desired> pending_;  // to be saved, then in force
  bool saving_ = false;
  std::map<std::string, std::unique_ptr<NodeEntry>> nodes_;
  std::map<std::string, Fetching> fetching_;  // by digest

  Ipv4Network subnet_;
  PeerTable peers_;
  bool network_wanted_ = false;  // differs from what is in force
  bool network_busy_ = false;
  bool network_there_ = false;  // nodes may be made
  std::string network_error_;
  Timer network_retry_;
  Timer network_check_;

  link::HostFacts facts_;
  std::vector<link::KeptLogs> kept_logs_;   // of nodes that are gone
  std::vector<link::Orphan> orphan_facts_;  // as last looked at; some may be orphans no more
  bool looking_ = false;
  Time figures_due_;
  Timer look_timer_;
  Timer prune_timer_;

  // Last: their threads end before what they use.
  WorkerPool node_workers_;
  WorkerPool artifact_workers_;
  WorkerPool network_workers_;
  WorkerPool look_workers_;
};

}  // namespace tusker
