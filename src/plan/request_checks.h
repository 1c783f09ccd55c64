#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/create_request.h"
#include "plan/definitions.h"

namespace tusker {

// What a request asks for, after every check that needs no host.
struct CheckedRequest {
  const ReleaseDefinition* release = nullptr;
  std::vector<const ComponentDefinition*> components;  // in the definitions' order
  std::vector<std::string> software;                   // as asked for, in the components' order
  std::map<store::NodeType, GroupRequest> groups;  // sizes filled in, groups of 0 nodes left out
};

// Pure. Errors as plan_cluster() documents them; the first that is found, in the order name,
// release, software, high availability, counts, sizes.
Result<CheckedRequest> check_request(const Definitions& definitions, const CreateRequest& request);

// "hdfs" of "hdfs-3.5.0", in lower case: a newer client writes "HDFS-3.5.0".
std::string software_name(std::string_view software);

// "master", "core"…: the key of store::Cluster.specs and the first part of a node's name.
std::string_view node_type_word(store::NodeType type);

}  // namespace tusker
