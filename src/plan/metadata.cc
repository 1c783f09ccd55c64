#include "plan/metadata.h"

#include "plan/node_paths.h"
#include "plan/sizing.h"

namespace tusker {

std::optional<MetadataSource> metadata_source(const Definitions& definitions,
                                              const store::Cluster& cluster,
                                              const std::vector<store::Node>& nodes) {
  for (const store::Node& node : nodes) {
    if (node.removing()) continue;
    for (const RoleDefinition* role : roles_of(definitions, cluster, nodes, node)) {
      if (role->metadata) return MetadataSource{node.id(), node.host_id(), role};
    }
  }
  return std::nullopt;
}

std::string path_in_node(std::string_view file) {
  return fmt::format("{}/{}", kConfigurationPath, file);
}

}  // namespace tusker
