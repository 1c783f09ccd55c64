#include "plan/metadata.h"

#include "plan/node_paths.h"
#include "plan/sizing.h"

namespace tusker {

std::optional<MetadataHolders> metadata_holders(const Definitions& definitions,
                                                const store::Cluster& cluster,
                                                const std::vector<store::Node>& nodes) {
  MetadataHolders holders;
  for (const store::Node& node : nodes) {
    if (node.removing()) continue;
    for (const RoleDefinition* role : roles_of(definitions, cluster, nodes, node)) {
      MetadataHolder holder{node.id(), node.host_id(), role};
      if (!role->set_aside.empty()) holders.followers.push_back(holder);
      if (role->metadata && holders.source.role == nullptr) holders.source = std::move(holder);
    }
  }
  if (holders.source.role == nullptr) return std::nullopt;
  std::erase_if(holders.followers, [&](const MetadataHolder& holder) {
    return holder.role->component != holders.source.role->component;
  });
  return holders;
}

std::string path_in_node(std::string_view file) {
  return fmt::format("{}/{}", kConfigurationPath, file);
}

}  // namespace tusker
