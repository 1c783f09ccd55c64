#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/model.h"
#include "plan/cluster_files.h"
#include "plan/conditions.h"
#include "plan/metadata.h"
#include "store/change.h"

namespace tusker {

// What the definitions that the server loaded say of a cluster: pure functions of plan, over rows.
struct ClusterRules {
  using Conditions =
      std::function<std::vector<Condition>(const store::Cluster&, const std::vector<store::Node>&)>;
  Conditions complete;  // complete_conditions()
  Conditions drained;   // drained_conditions()
  Conditions idle;      // idle_conditions()
  // metadata_holders()
  std::function<std::optional<MetadataHolders>(const store::Cluster&,
                                               const std::vector<store::Node>&)>
      metadata;
  // replicas_of()
  std::function<Result<std::uint32_t>(const store::Cluster&, const std::vector<store::Node>&)>
      replicas;
  // render_cluster()
  std::function<Result<ClusterFiles>(const store::Cluster&,
                                     const std::vector<store::Node>&,
                                     const std::vector<store::Host>&,
                                     const std::vector<store::Bundle>&)>
      render;
};
// `definitions` outlive them.
ClusterRules rules_of(const Definitions& definitions);

// What a stage may look at: the whole model, its flow's row, and since when it waits.
struct StageView {
  const Model& model;
  const store::Flow& flow;
  Time now{};
  Time entered{};         // into this stage, or the server's start if that was later
  Time server_started{};  // silence of a host counts from here at the earliest
  WallTime wall{};        // for rows only
  const ClusterRules& rules;
  std::optional<double> blocks_per_second = {};  // that HDFS copies, while a stage waits for it
};

// What a check found.
struct Outcome {
  enum class Kind { Waiting, Done, Failed };
  Kind kind = Kind::Waiting;
  std::vector<std::string> waiting_for;  // Waiting: what is waited for, one line each, for people
  store::Failure reason;  // Failed: why. Waiting: what would be said if the deadline came now

  static Outcome done() { return {Kind::Done, {}, {}}; }
  static Outcome waiting(std::vector<std::string> lines, store::Failure suspect) {
    return {Kind::Waiting, std::move(lines), std::move(suspect)};
  }
  static Outcome failed(store::Failure why) { return {Kind::Failed, {}, std::move(why)}; }
};

// One step of a flow: two pure functions. enter() says what becomes desired and is committed
// together with the stage's name; check() looks at what agents report. So a restart needs no
// replay: the row is the state.
struct Stage {
  std::string_view name;  // stored: a changed stage gets a new name
  Duration deadline;  // on the monotonic clock, from enter(); anew with each start of the server
  Change (*enter)(const StageView& view);
  Outcome (*check)(const StageView& view);
  // What it does cannot be taken back: it neither fails nor is cancelled, and past its deadline it
  // is blocked.
  bool committed = false;
  // Whether it is entered again once its check is done, for what is left to do; its deadline begins
  // anew. Null: never.
  bool (*repeats)(const StageView& view) = nullptr;
  // How long after its entry its check may change its mind though nothing is reported. Null: it
  // does not.
  Duration (*turns_after)(const store::Flow& flow) = nullptr;
};

// One kind of flow. To add one: a value in store.proto, a file beside create_flow.cc, a line in
// flow_registry.h, a scenario in tests/sim/scenarios.h; without any of them the build fails.
struct FlowDefinition {
  store::Flow::Kind_ kind = store::Flow::FLOW_NONE;
  std::string_view name;  // "create": for people
  std::span<const Stage> forward;
  // What takes it back after a failure or a cancel. A stage here never gives up: past its deadline
  // the flow is blocked, and says on what. Empty: the flow goes forward only, and its forward
  // stages are the ones that never give up.
  std::span<const Stage> unwinding;
  // Empty when it may be cancelled in this state, else why not.
  std::string (*why_not_cancel)(const Model& model, const store::Flow& flow);
  // What the end means, in the commit that ends the flow's row; `flow` has its outcome and reason
  // already.
  Change (*finish)(const Model& model, const store::Flow& flow, WallTime wall);
};

// The stages of a flow's present direction, and its present one. A stored name that no version
// knows is a broken invariant.
std::span<const Stage> stages_of(const FlowDefinition& definition, const store::Flow& flow);
const Stage& stage_of(const FlowDefinition& definition, const store::Flow& flow);

// The stage's deadline, or the operator's own for this flow.
Duration deadline_of(const Stage& stage, const store::Flow& flow);

// A flow in its first stage: its row, and what that stage makes desired. `row` has id, kind,
// cluster and nodes. Pure.
Change begin_flow(const FlowDefinition& definition, store::Flow row, const StageView& view);

// How far a flow comes without new facts: one step, or nothing. Pure.
//
// The Change has the flow's new row and all that belongs to it. `view.flow` must be unfinished.
std::optional<Change> advance_flow(const FlowDefinition& definition, const StageView& view);

// Turns a forward flow round: `reason` is kept, the first unwinding stage entered. Only for one
// that has such stages. Pure.
Change unwind_flow(const FlowDefinition& definition, const StageView& view, store::Failure reason);

// What the flow waits for now, whether it is past its deadline, without changing anything.
struct Standing {
  std::vector<std::string> waiting_for;
  bool blocked = false;  // unwinding or removing past its deadline: a person has to look
  Duration in_stage{};
  Duration deadline{};
};
Standing standing_of(const FlowDefinition& definition, const StageView& view);

}  // namespace tusker
