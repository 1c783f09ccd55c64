#pragma once

#include <string>
#include <vector>

#include "control/flow.h"
#include "plan/cluster_files.h"

namespace tusker {

// How nodes that run get other files, and how the server knows that they have them.

// Puts those of `nodes` that have no row, or whose row differs from the model's once it has the
// files that were rendered for it; secret files stay. Contents come and go with the nodes that name
// them.
Change record_nodes(const Model& model, std::vector<store::Node> nodes, ClusterFiles files);

// Removes the rows of these nodes, which the model has, with the contents that no other node names.
Change drop_rows(const Model& model, const std::vector<store::Node>& gone);

// Renders the cluster of the flow anew, with `changed` in place of rows of the model, and records
// what differs. What cannot be rendered any more, by newer definitions, stays as it was, with an
// event that says why.
Change update_nodes(const StageView& view, const std::vector<store::Node>& changed);

// The same with nothing changed: those that are gone are in no file any more.
Change forget_nodes(const StageView& view);

// The same when these nodes have gone without a flow: their rows are dropped too, and a cluster
// that does not run, or has no master any more, is left as it is. Of the view only model, flow,
// wall and rules count.
Change drop_nodes(const StageView& view, const std::vector<store::Node>& gone);

// Every node of the cluster whose host is told of it, and is not away, has its files in force, and
// roles that read files while they run have read them. A node that has such a role is waited for
// even when its host is away.
Outcome check_nodes_updated(const StageView& view);

// The same, but what is away or not ready now is not waited for: it will have read its files when
// it is back.
Outcome check_nodes_informed(const StageView& view);

// FileSet::digest() of a node's files; secrets are not part of it.
std::string files_digest(const store::Node& node);

// Names what a role of the node is to read again: the content of the files that it lists.
std::string reload_tag(const store::Node& node, const store::Reload& reload);

}  // namespace tusker
