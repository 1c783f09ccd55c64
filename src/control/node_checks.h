#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "control/flow.h"

namespace tusker {

class Findings;

// The questions that stages ask of nodes. Pure. "The flow's nodes" are those of its plan,
// flow.node_ids.

// All of the flow's nodes run. Fails at once when a host says that trying again is no use.
Outcome check_nodes_running(const StageView& view);

// Adds what keeps a role that is to run from being ready. Yields the reason when it never will be.
std::optional<store::Failure> find_role(const StageView& view,
                                        const store::Node& node,
                                        const store::Role& role,
                                        Findings& findings);

// All roles of the flow's nodes but those that are stopped or in maintenance are ready, and the
// cluster's conditions hold. Roles that start last count once the cluster serves. Fails at once
// when a role keeps ending.
Outcome check_services_ready(const StageView& view);

// The stage in which nodes give away what they hold; its progress says how fast.
inline constexpr std::string_view kDrainNodes = "drain-nodes";

// HDFS and YARN know which nodes leave, and the flow's hold nothing any more that others do not
// have. One that does not serve may leave once HDFS has made up for it (removal_checks.h).
Outcome check_nodes_drained(const StageView& view);
// The same of those that serve: one that never came so far has nothing to give away.
Outcome check_serving_nodes_drained(const StageView& view);

// None of the flow's nodes has a row any more: their hosts have confirmed that nothing of them is
// left.
Outcome check_nodes_gone(const StageView& view);

// Of a stage that only waits.
Change nothing_more(const StageView& view);
// The flow's nodes become undesired.
Change remove_nodes(const StageView& view);
// They are to leave: their data and their work move to others.
Change drain_nodes(const StageView& view);

// Copies of the flow's rows of nodes that are not being removed, each changed.
std::vector<store::Node> nodes_of_flow(const StageView& view, void (*change)(store::Node& node));

// A role that has ended this often without being ready is not going to be: some 30 s of s6's
// back-off.
constexpr std::uint32_t kRestartLimit = 5;

// A reason that names the node and its host, and nothing else yet.
store::Failure about(const Model& model, const store::Node& node);

// "core-1 (emr-vm-…)".
std::string shown(const store::Node& node);

// "host a has not been heard of for 12 s", or empty for one that is connected.
std::string silence_of(const StageView& view, const std::string& host_id);

// "3.1 of 290 MB of hadoop-3.5.0" for an artifact that the host still fetches for this node, why it
// cannot, or empty.
std::string fetching(const Model& model, const store::Node& node);

// What an agent reports, as stored: at most 50 lines, each cut at 1000 bytes.
store::Failure failure_of(const Model& model,
                          const store::Node& node,
                          const link::Failure& reported);
store::Failure failure_of(const Model& model,
                          const store::Node& node,
                          const link::RoleStatus& role);

// The label of a host, or its id when it has none.
std::string host_name(const Model& model, const std::string& host_id);

}  // namespace tusker
