#pragma once

#include "model/model.h"
#include "plan/cluster_plan.h"
#include "store/change.h"

namespace tusker {

// Whether the plan still fits the model that it is recorded into: ids and addresses free, hosts
// there, memory left. It always does when nothing was committed since its inventory was taken.
// AlreadyExists, FailedPrecondition: plan again.
Status check_plan(const Model& model, const ClusterPlan& plan);
// The same of nodes that a cluster gets.
Status check_new_nodes(const Model& model, const std::vector<store::Node>& nodes);

// The plan's node and file rows. The cluster's own row goes with its flow. Pure.
Change record_plan(const Model& model, const ClusterPlan& plan);

}  // namespace tusker
