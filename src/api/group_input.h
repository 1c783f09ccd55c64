#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/create_request.h"
#include "plan/definitions.h"

namespace tusker::api {

// Data disks of one kind.
struct DiskInput {
  std::string type;  // a word, shown again
  std::int64_t gigabytes = 0;
  std::int64_t count = 1;
};

// Nodes of one type, as either generation asks for them; still hostile.
struct GroupInput {
  store::NodeType type = store::NODE_TYPE_NONE;
  std::string path;  // of the specification in the request: "ResourceSpec.CoreResourceSpec"
  std::int64_t count = 0;
  bool specified = false;  // by what follows
  std::string instance_type;
  std::int64_t cpus = 0;  // 0, with memory_mb: as instance_type says
  std::int64_t memory_mb = 0;
  std::int64_t root_gigabytes = 0;
  std::string disk_type;          // shown for the node as a whole
  std::vector<DiskInput> disks;   // none: one of the product's default size
  std::string spec;               // CVM.S6, shown again
  std::int64_t storage_type = 0;  // number of a disk type, shown again
};

// Adds those of which there are any. InvalidParameter.*, MissingParameter: what is wrong with one,
// by its path.
Status add_groups(const std::vector<GroupInput>& groups,
                  const Definitions& definitions,
                  CreateRequest& into);

}  // namespace tusker::api
