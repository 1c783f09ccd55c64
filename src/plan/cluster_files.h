#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/definitions.h"
#include "proto/store.pb.h"

namespace tusker {

// What the nodes of a cluster find in /etc/tusker/current.
struct ClusterFiles {
  std::map<std::string, std::vector<store::File>> of_node;  // by node id
  std::vector<store::FileContent> contents;  // distinct; those of scripts are kept already
};

// Renders every node but those being removed. `nodes` are all of the cluster, with their roles and
// mounts; `hosts` and `bundles` are those that the nodes name, and may be more. Pure: the same
// arguments give the same bytes, so that what did not change keeps its digest.
//
// FailedPrecondition: a bundle is missing. InvalidArgument: a definition does not fit a node; names
// node and setting.
Result<ClusterFiles> render_cluster(const Definitions& definitions,
                                    const store::Cluster& cluster,
                                    const std::vector<store::Node>& nodes,
                                    const std::vector<store::Host>& hosts,
                                    const std::vector<store::Bundle>& bundles);

}  // namespace tusker
