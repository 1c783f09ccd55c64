#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "control/drain_work.h"
#include "control/flow.h"
#include "control/flow_progress.h"
#include "control/journal.h"

namespace tusker {

// Who asked for something, for history.
struct Actor {
  std::string who = "tusker";  // SecretId, or "tusker"
  std::string source;          // the caller's address
};

// What a flow is asked for by.
struct FlowKeys {
  FlowId id{};
  std::string trace_id;
};

// Of stages by name, in place of their own.
using Deadlines = std::map<std::string, Duration>;

// What a flow's row says of what it is to do; immutable from then on, but for deadlines.
struct FlowPlan {
  std::vector<std::string> node_ids = {};
  Deadlines deadlines = {};  // in place of the stages' own
  std::optional<store::RoleOperation> operation = {};
  std::optional<store::Restoration> restoration = {};
  std::optional<store::Job> job = {};  // recorded with the flow; its id is next_job()
};

// Carries every unfinished flow forward: looks at each through its definition's pure functions and
// commits what they say.
//
// Keeps only since when each stage is waited for, which starts anew with the server. Loop thread
// only. Journal, model and clock outlive it.
class FlowEngine {
 public:
  FlowEngine(const Model& model, Journal& journal, const Clock& clock, ClusterRules rules, Log log);

  // From here on deadlines and silence count.
  void start();

  // Advances the flows of these clusters as far as they go without new facts.
  void advance(const std::set<std::string>& clusters);
  // Of every cluster whose flow's deadline has come by now.
  std::set<std::string> overdue() const;
  // When the next deadline comes; nothing if there is none.
  std::optional<Time> next_deadline() const;

  // Starts a flow: `change` records its plan in the same commit. `cluster` is its row as the change
  // leaves it. A new cluster's number becomes the installation's last one. Busy: a flow runs on the
  // cluster; the message names it.
  Result<FlowId> start_flow(store::Flow::Kind_ kind,
                            store::Cluster cluster,
                            FlowPlan plan,
                            Change change,
                            const Actor& actor);
  // What start_flow() calls the next flow, of this cluster.
  FlowKeys next(const store::Cluster& cluster) const;
  JobId next_job() const;
  // Busy, as start_flow(), when a flow runs on this cluster.
  Status why_busy(std::string_view cluster_id) const;
  Status cancel(FlowId flow, const Actor& actor);
  Status change_deadline(FlowId flow,
                         std::string_view stage,
                         Duration deadline,
                         const Actor& actor);

  Result<FlowProgress> progress(FlowId flow) const;

 private:
  StageView view_of(const store::Flow& flow) const;
  void advance_one(FlowId flow);
  void note_step(const store::Flow& before);
  void note_work(const store::Flow& flow);
  void tell_if_blocked(const FlowDefinition& definition, const store::Flow& flow);

  struct Waiting {
    std::string stage;
    Time entered{};
    bool told_blocked = false;
    FallRate left = {};  // of blocks, in a stage that waits for HDFS
  };

  const Model& model_;
  Journal& journal_;
  const Clock& clock_;
  const ClusterRules rules_;
  Log log_;
  Time started_{};
  std::map<std::int64_t, Waiting> waiting_;
};

}  // namespace tusker
