#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/definitions.h"
#include "proto/store.pb.h"

namespace tusker {

// The role of a cluster whose metadata are copied.
struct MetadataSource {
  std::string node_id;
  std::string host_id;
  const RoleDefinition* role = nullptr;  // its `metadata` is there
};

// The first of them in the order of `nodes`, which begin with the first master; nothing when the
// cluster has none.
std::optional<MetadataSource> metadata_source(const Definitions& definitions,
                                              const store::Cluster& cluster,
                                              const std::vector<store::Node>& nodes);

// A program among a node's files, as a node's processes call it.
std::string path_in_node(std::string_view file);

}  // namespace tusker
