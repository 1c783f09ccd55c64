#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/random.h"
#include "base/sealed.h"
#include "control/access_keys.h"
#include "control/agent_link.h"
#include "control/client_tokens.h"
#include "control/flow_engine.h"
#include "control/flow_progress.h"
#include "control/hosts.h"
#include "control/journal.h"
#include "control/lifetimes.h"
#include "control/role_operations.h"
#include "control/timers.h"
#include "plan/cluster_plan.h"
#include "plan/growth.h"
#include "plan/inventory.h"

namespace tusker {

class AgentSession;

// Names one connection of an agent for as long as it lasts; never used again.
enum class AgentConnection : std::uint64_t {};

// Where handlers, the network and the timer meet flows, reconcilers and agent sessions.
//
// Each entry settles before it returns: flows have advanced as far as they go without new facts,
// and every connected agent has been sent, or has waiting for its commit, what it shall be. Loop
// thread only. Everything it is given outlives it. After a crash it is built anew over what the
// store loaded; nothing is replayed.
class Controller {
 public:
  struct Parts {
    Model& model;
    Journal& journal;
    Store& store;
    const Clock& clock;
    Random& random;
    Timers& timers;
    const Sealer& sealer;
    Log log;
    ClusterRules rules;   // of the definitions in force
    std::string version;  // of this program, told to agents
  };

  explicit Controller(Parts parts);
  ~Controller();
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  // After start_installation() was committed. From here on silence of hosts counts.
  void start();

  // ---- for handlers. A reply leaves in journal.when_durable(journal.current()).

  // Records the plan and starts a create; `job` runs on the cluster once it is there.
  // AlreadyExists: an id of the plan is in use. FailedPrecondition: the state that the plan was
  // made from has changed (plan again). ResourceExhausted: the server's own disk is nearly full.
  Result<FlowId> start_create(ClusterPlan plan,
                              const Actor& actor,
                              const std::optional<ClientTokenAnswer>& token,
                              std::optional<store::Job> job = {});

  // Whether nodes may be added or taken out now. FailedPrecondition: it does not run, or a role of
  // it is stopped. Busy.
  Status check_scalable(const store::Cluster& cluster) const;

  // How a flow that is started now on this cluster will be called.
  FlowKeys next_flow(const store::Cluster& cluster) const { return flows_.next(cluster); }

  // Records the plan and starts to add its nodes. FailedPrecondition: the cluster does not run, or
  // the plan does not fit any more (plan again). Busy, ResourceExhausted: as above.
  Result<FlowId> start_scale_out(GrowthPlan plan,
                                 const Actor& actor,
                                 const std::optional<ClientTokenAnswer>& token);

  // Starts to take nodes out of a running cluster. What they hold may take so long to move, or the
  // default of 4 h; past it they are taken back into service. InvalidArgument: a node that cannot
  // leave. FailedPrecondition: the cluster does not run, or what they hold could not be kept; the
  // message says what and by how much. Busy.
  Result<FlowId> start_scale_in(const ClusterId& cluster,
                                std::vector<std::string> node_ids,
                                std::optional<Duration> drain_within,
                                const Actor& actor);

  // Starts to start, stop or restart roles of a cluster that has a row; nothing when all of them
  // are as wanted already. FailedPrecondition: the cluster does not run. Busy.
  Result<std::optional<FlowId>> operate_roles(const ClusterId& cluster,
                                              const RoleWish& wish,
                                              const Actor& actor);

  // A copy of the cluster's metadata is wanted now; yields its number. FailedPrecondition: it does
  // not run, or has none.
  Result<std::uint64_t> want_metadata_copy(const ClusterId& cluster, const Actor& actor);
  // Starts to put a copy in place of the metadata that there are; the newest when no number is
  // given. NotFound: no such copy. FailedPrecondition: the cluster does not run. Busy.
  Result<FlowId> start_restore(const ClusterId& cluster,
                               std::optional<std::uint64_t> number,
                               const Actor& actor);

  // Roles in maintenance are left alone when they end. At once, without a flow. The nodes have
  // rows.
  void set_maintenance(const ClusterId& cluster,
                       const std::vector<RoleOfNode>& roles,
                       bool maintenance,
                       const Actor& actor);

  // How a job that is started now will be called.
  JobId next_job() const { return flows_.next_job(); }
  // Its steps run on its cluster, which has a row, beside what else runs there. FailedPrecondition:
  // the cluster does not run.
  Result<JobId> start_job(store::Job job,
                          const Actor& actor,
                          const std::optional<ClientTokenAnswer>& token);
  // The step that runs is ended, with its applications, and no other begins. NotFound.
  // FailedPrecondition: it has finished, or its steps have.
  Status cancel_job(JobId job, const Actor& actor);

  // NotFound: no such cluster, or it has ended. Busy: a flow runs; the message names it.
  Result<FlowId> start_terminate(const ClusterId& cluster, const Actor& actor);

  // A cluster that has a row gets another name or other tags, checked by the caller.
  void rename_cluster(const ClusterId& cluster, const std::string& name, const Actor& actor);

  void change_tags(const ClusterId& cluster,
                   const google::protobuf::RepeatedPtrField<store::Tag>& tags,
                   const Actor& actor);

  // It unwinds from here. NotFound, FailedPrecondition: it ended, unwinds already, or cannot be
  // cancelled any more.
  Status cancel_flow(FlowId flow, const Actor& actor);

  // The deadline of one stage of one unfinished flow, from when the stage was entered.
  Status change_deadline(FlowId flow,
                         std::string_view stage,
                         Duration deadline,
                         const Actor& actor);

  // A key beside the root key, of the account. ResourceExhausted: there are 1000, or the
  // server's own disk is nearly full.
  Result<NewKey> create_key(std::string_view name,
                            bool read_only,
                            std::uint64_t account,
                            const Actor& actor);
  // It signs nothing any more, and whoever listens hears of it. NotFound: the account has no such
  // key. FailedPrecondition: the root key, or the one that asks.
  Status delete_key(std::string_view secret_id, std::uint64_t account, const Actor& actor);
  // Who hears of keys that are deleted, from within delete_key(). One listener.
  void on_key_deleted(std::function<void(const std::string& secret_id)> listener) {
    key_deleted_ = std::move(listener);
  }

  // From here on the host's agent is told to remove these nodes, which have no rows; their data
  // goes with them. Those that it was told of already count too. NotFound: no such host, or it
  // reports no such orphan; nothing is removed then. Unavailable: it is not connected.
  Status clean_host(const HostId& host,
                    const std::vector<std::string>& node_ids,
                    const Actor& actor);
  // The host and everything on it are taken for gone for ever: its nodes have no rows any more,
  // nothing is reserved there, and its certificate is nobody's. NotFound. FailedPrecondition: it is
  // connected, or was a moment ago.
  Status forget_host(const HostId& host, const Actor& actor);

  Inventory inventory() const;
  // NotFound: not in memory; an older one may be in the store's history.
  Result<FlowProgress> flow_progress(FlowId flow) const;

  // ---- for who carries copies of metadata

  const ClusterRules& rules() const { return parts_.rules; }
  // A copy is there; of a cluster that has gone meanwhile it is nobody's.
  void note_metadata_copy(const ClusterId& cluster, store::MetadataCopy copy, std::uint32_t keep);
  void note_metadata_failure(const ClusterId& cluster, std::string failure);
  // What this stage of a restore waits for is done (kSetAside, kPutCopy, kAcceptCopy), or why it
  // never will be.
  void note_restored(FlowId flow, std::string_view stage, const Status& done);

  // ---- for the network

  // A host's row with its subnet and a new id. To be answered in journal.when_durable().
  // ResourceExhausted: no addresses left. `id` is new, from make_host_id(): the caller makes it,
  // since the host's certificate names it too.
  Result<store::Host> join_host(const HostId& id, const JoinRequest& request);

  // An agent whose certificate names this host is connected. A second connection of a host replaces
  // the first. NotFound: no such host; the link is the caller's to close.
  Result<AgentConnection> agent_connected(const HostId& host, std::unique_ptr<AgentLink> link);
  void agent_frame(AgentConnection connection, const link::AgentFrame& frame);
  void agent_closed(AgentConnection connection);
  // Unavailable: its agent is not connected now.
  Status open_stream(const HostId& host, const link::OpenStream& request);

 private:
  Status check_disk() const;
  store::Event event_about(const store::Cluster& cluster,
                           const char* kind,
                           std::string text,
                           const Actor& actor) const;
  store::Event event_of(const char* kind, std::string text, const Actor& actor) const;
  Status check_silent(const store::Host& host);
  Status check_master(const store::Cluster& cluster) const;
  // Puts a cluster's row whose labels differ, with an event.
  void relabel(store::Cluster next, const char* kind, std::string text, const Actor& actor);
  void note(Touched touched);
  void advance_jobs(const std::set<std::string>& clusters);
  void settle();
  void converge_hosts();
  void wake_at(Time when);
  void wake_for_deadlines();
  void woken();
  void watch_sessions();
  void end_expired();
  AgentSession* session_of(const HostId& host);

  Parts parts_;
  FlowEngine flows_;
  Lifetimes lifetimes_;
  std::map<HostId, link::Generation>
      generations_;  // the last one of each host; outlives its sessions
  std::map<AgentConnection, std::unique_ptr<AgentSession>> sessions_;
  std::map<HostId, AgentConnection> connection_of_;
  std::uint64_t last_connection_ = 0;
  Touched touched_;
  std::function<void(const std::string&)> key_deleted_;
  Time started_at_{};
  bool started_ = false;
  bool settling_ = false;
  std::optional<Time> wake_at_;  // the earliest call that the timers owe us
  Time next_watch_{};
  Time next_housekeeping_{};
  Time next_lifetimes_{};
  std::shared_ptr<bool> alive_ =
      std::make_shared<bool>(true);  // timers that outlive us see it expired
};

}  // namespace tusker
