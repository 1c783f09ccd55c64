#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/definitions.h"
#include "proto/store.pb.h"

namespace tusker {

// A role on one node of a cluster.
struct MetadataHolder {
  std::string node_id;
  std::string host_id;
  const RoleDefinition* role = nullptr;
};

// Who has the metadata of a cluster.
struct MetadataHolders {
  MetadataHolder source;                  // from whom they are copied: its `metadata` is there
  std::vector<MetadataHolder> followers;  // who make something of them: their `set_aside` is there
};

// The source is the first in the order of `nodes`, which begin with the first master; nothing when
// the cluster has none.
std::optional<MetadataHolders> metadata_holders(const Definitions& definitions,
                                                const store::Cluster& cluster,
                                                const std::vector<store::Node>& nodes);

// A program among a node's files, as a node's processes call it.
std::string path_in_node(std::string_view file);

}  // namespace tusker
