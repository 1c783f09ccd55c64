#pragma once

#include <vector>

#include "base/result.h"
#include "plan/definitions.h"
#include "plan/sizing.h"
#include "proto/store.pb.h"

namespace tusker {

// The parts of a node's row that follow from its roles. Pure.

// One row a role, in the definitions' order: command line, probes with cluster identities filled
// in, ports, what it waits for.
Result<std::vector<store::Role>> make_role_rows(const Definitions& definitions,
                                                const store::Cluster& cluster,
                                                const std::vector<const RoleDefinition*>& roles,
                                                const NodeMemory& memory);

// One row for each of the spec's disks, with the directories that the roles need, parents first.
std::vector<store::Disk> make_disk_rows(const std::vector<const RoleDefinition*>& roles,
                                        const store::NodeSpec& spec);

// Of every role and task of the node.
std::map<std::string, std::string> node_environment();

}  // namespace tusker
