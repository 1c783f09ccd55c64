#pragma once

#include <vector>

#include "base/random.h"
#include "base/sealed.h"
#include "control/flow.h"
#include "plan/cluster_plan.h"
#include "plan/growth.h"

namespace tusker::sim {

// A small Hadoop cluster: one master, `core` core nodes spread over the hosts, roles that come
// after one another, files that nodes share and a secret of each.
ClusterPlan plan_of(const Inventory& inventory, int core, const Sealer& sealer, Random& random);

// One more core node of it.
GrowthPlan growth_of(const Inventory& inventory,
                     const store::Cluster& cluster,
                     const std::vector<store::Node>& nodes,
                     const Sealer& sealer,
                     Random& random);

// Its NameNode sees every DataNode, its ResourceManager every NodeManager; HDFS moves what nodes
// that leave hold.
ClusterRules sim_rules();

}  // namespace tusker::sim
