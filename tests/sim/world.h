#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/sealed.h"
#include "base/testing/fake_clock.h"
#include "control/controller.h"
#include "control/journal.h"
#include "model/model.h"
#include "sim/sim_agent.h"
#include "sim/sim_timers.h"
#include "sim/trouble.h"
#include "store/testing/sim_store.h"

namespace tusker::sim {

// Everything of an installation but real clocks, disks, sockets and hosts: production's model,
// journal, controller and flows over a disk that loses power on demand, and agents that behave as
// link.proto says.
//
// One event happens at a time, in an order drawn from the seed; after each the invariants are
// checked.
class World {
 public:
  explicit World(std::uint64_t seed, int hosts = 2);
  ~World();

  // ---- what goes wrong; set before the flow under test begins

  Trouble trouble;
  MessageFault fault;
  int crash_at = 0;  // at the n-th commit from now on, counted from 1; 0: never
  bool crash_after =
      false;  // just after it reached the disk, before anybody heard of it; else just before
  std::function<void()> before_commit;  // called with every commit, before a possible crash
  int commits() const { return commits_; }
  int crashes() const { return crashes_; }
  int messages(bool to_agent) const { return to_agent ? to_agent_ : to_server_; }
  // From here on commits and messages are counted.
  void arm();

  // ---- what a client does

  // Plans and starts a cluster with this many core nodes. The answer counts as given once it is
  // durable.
  Result<FlowId> create(int core, std::optional<store::Job> job = {});
  // On the cluster that there is.
  Result<JobId> run_job(store::Job job);
  Result<FlowId> terminate();
  // One more core node.
  Result<FlowId> scale_out();
  Result<FlowId> scale_in(const std::string& node_name);
  // To every role of the cluster.
  Result<FlowId> operate(store::RoleOperation::Verb verb, std::uint32_t batch);
  // Of the newest copy of its metadata.
  Result<FlowId> restore();
  // ---- what an operator does to a host, by its number. True once it is durable, so answered.

  const std::string& host_id(std::size_t host) const { return hosts_[host].agent->host_id(); }
  std::size_t host_of(const std::string& node_name);
  Result<std::shared_ptr<const bool>> clean(std::size_t host, const std::vector<std::string>& ids);
  Result<std::shared_ptr<const bool>> forget(std::size_t host);
  // A node on this host that the server does not know; yields its id.
  std::string plant_orphan(std::size_t host);
  const SimAgent& agent(std::size_t host) const { return *hosts_[host].agent; }

  const std::optional<FlowId>& answered() const { return answered_; }
  void forget_answer() { answered_.reset(); }

  // ---- what happens

  // One event. False when nothing is left to happen at all.
  bool step();
  // Until `done`, or for so much simulated time. Yields whether it became true.
  bool run_until(const std::function<bool()>& done, Duration limit);
  // Until nothing is queued, in flight or unsettled.
  void run_until_quiet();

  Model& model() { return server_->model; }
  Controller& controller() { return *server_->controller; }
  const SimDisk& disk() const { return disk_; }
  const store::Cluster* cluster() { return model().cluster(cluster_id_); }
  const store::Flow* last_flow();
  // Of all nodes on all hosts.
  std::vector<const SimAgent::Node*> containers() const;
  // How often each task was begun, on whatever host.
  std::map<std::string, int> task_starts() const;
  const std::string& host_name_of(const std::string& node_name);

  // Of the cluster's nodes.
  std::vector<store::Node> rows();

  // The first broken invariant, or empty.
  const std::string& broken() const { return broken_; }

 private:
  class Link;
  Result<FlowId> answer(Result<FlowId> flow);
  Result<std::shared_ptr<const bool>> answer(const Status& done);
  void carry_copies();
  void restore_copy();
  int count_ready(const std::string& cluster, const std::string& role, bool leaving);
  struct Server {
    explicit Server(SimDisk& disk) : store(disk) {}
    Model model;
    SimStore store;
    SimTimers timers;
    std::optional<Journal> journal;
    std::unique_ptr<Controller> controller;
  };
  struct Message {
    int connection = 0;
    bool to_agent = false;
    std::string bytes;
  };
  struct Wire {
    std::size_t host = 0;
    std::optional<AgentConnection> server_end;  // none once the server has heard that it is closed
    bool agent_end = true;
    Time last_arrival[2]{};  // to the server, to the agent: nothing overtakes
    bool cut = false;        // nothing gets through any more
  };
  struct Host {
    std::unique_ptr<SimAgent> agent;
    int wire = 0;  // 0: not connected
    Time dial_at{};
    Time beat_at{};
    Time tick_at{};
  };

  void start_server();
  void crash();
  bool write_one_commit();
  void dial(std::size_t host);
  void send(int wire, bool to_agent, const google::protobuf::MessageLite& frame);
  void deliver(const Message& message);
  void close_wire(int wire);
  void run_agent(std::size_t host);
  Time next_event() const;
  bool away(std::size_t host);
  void note_told(const link::ServerFrame& frame);
  void check();
  void check_nodes();
  void check_flows();
  void check_hosts();
  void break_invariant(std::string what);

  FakeClock clock_;
  SeededRandom random_;
  Sealer sealer_ = Sealer::for_test();
  SimDisk disk_;
  std::unique_ptr<Server> server_;
  std::vector<Host> hosts_;
  Time carry_at_{};
  std::map<int, Wire> wires_;
  int last_wire_ = 0;
  std::multimap<Time, Message> in_flight_;
  std::vector<std::function<void()>> soon_;  // wires that the server is about to hear closed
  bool armed_ = false;
  int commits_ = 0;
  int crashes_ = 0;
  std::pair<int, std::uint64_t> checked_{-1, 0};  // crashes and commit of the last check
  int to_agent_ = 0;
  int to_server_ = 0;
  std::string cluster_id_;
  std::optional<FlowId> answered_;
  std::optional<JobId> answered_job_;
  std::string broken_;
};

}  // namespace tusker::sim
