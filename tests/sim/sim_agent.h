#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "proto/link.pb.h"
#include "sim/trouble.h"

namespace tusker::sim {

// One host with its agent, as link.proto says: takes over newer desired states, converges, reports
// when something changed, destroys nothing that is not listed as removed. Its nodes survive every
// loss of connection.
class SimAgent {
 public:
  struct Node {
    link::Node spec;
    link::NodeStatus status;
    Time next{};  // when its container or a role takes its next step
    int container_starts = 0;
    std::map<std::string, Time> role_ready;
    Time files_at{};                        // when the files it is to have are in force
    Time reload_at{};                       // when a role has read them, or tries to again
    std::map<std::string, Time> task_next;  // when a task begins, or ends
    Time drained_at{};                      // of the nodes that leave, as its NameNode sees them
  };

  // How many roles of this name are ready in a cluster, on whatever host: of all nodes, or of those
  // that leave.
  using ReadyCount =
      std::function<int(const std::string& cluster, const std::string& role, bool leaving)>;

  SimAgent(std::string host_id, Random& random, const Trouble& trouble, ReadyCount ready)
      : host_id_(std::move(host_id)),
        random_(random),
        trouble_(trouble),
        ready_count_(std::move(ready)) {}

  // A node that no server knows: as if its database had been an older one since.
  void plant_orphan(const std::string& id);

  link::AgentFrame hello() const;
  link::AgentFrame observed() const;
  link::AgentFrame heartbeat() const;

  // Yields whether there is something to report.
  bool take_over(const link::ServerFrame& frame);
  bool tick(Time now);

  const std::string& host_id() const { return host_id_; }
  const std::map<std::string, Node>& nodes() const { return nodes_; }
  int ready_roles(const std::string& cluster,
                  const std::string& role,
                  const std::function<bool(const std::string& node)>& counts) const;
  // What a server may never make an agent do: the first violation, or empty.
  const std::string& violation() const { return violation_; }
  bool unsettled() const { return unsettled_; }
  // How often each task was begun, by its id.
  const std::map<std::string, int>& task_starts() const { return task_starts_; }

 private:
  void take_desired(const link::Desired& desired);
  bool step_node(Node& node, Time now);
  bool step_container(Node& node, Time now);
  bool step_files(Node& node, Time now);
  bool step_role(Node& node, const link::Role& role, Time now);
  void step_reload(Node& node, const link::Role& role, link::RoleStatus& status, Time now);
  // A task that comes before its roles has not ended well.
  static bool holds_roles(Node& node);
  bool step_tasks(Node& node, Time now);
  void tell_facts(Node& node, link::RoleStatus& status, Time now);
  bool step_removals(Time now);
  bool troubled(const Node& node, Trouble::Kind kind) const;

  std::string host_id_;
  Random& random_;
  const Trouble& trouble_;
  ReadyCount ready_count_;
  link::Generation seen_;
  std::string seen_bytes_;
  std::map<std::string, Node> nodes_;
  std::map<std::string, Time> removing_;  // and when its next attempt is
  std::set<std::string> removed_;
  std::set<std::string> desired_;
  std::set<std::string> planted_;
  std::set<std::string> failed_once_;
  std::map<std::string, int> task_starts_;
  std::string violation_;
  bool unsettled_ = false;
};

}  // namespace tusker::sim
