#pragma once

#include <vector>

#include "plan/definition_reader.h"
#include "plan/definitions.h"
#include "plan/yaml_reader.h"

namespace tusker {

// What can be seen only when all files are read: names that nothing has, cycles, values that a
// release may not set, doubled names and ports.
void check_definitions(const Definitions& definitions,
                       const std::vector<Reference>& references,
                       Problems& problems);

// The identities of a cluster that probes and templates may name: keys of store::Cluster.settings.
const std::vector<std::string>& cluster_identities();

// The names that a text template may use besides "port:ROLE.PORT", "disks:PATH" and
// "disk_urls:PATH" and sizing facts.
const std::vector<std::string>& template_names();

}  // namespace tusker
