#include "api/find_nodes.h"

#include <algorithm>

#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "api/handlers/cluster_resource_management/node_info.h"
#include "base/encoding.h"
#include "model/model.h"

namespace tusker::api {

Result<std::vector<const store::Node*>> find_nodes(const Call& call,
                                                   const store::Cluster& cluster,
                                                   const std::vector<std::string>& ids,
                                                   std::string_view missing) {
  if (ids.empty()) return api_error(code::kInvalidParameter_InvalidResourceIds, "no node is named");
  std::vector<const store::Node*> found;
  const auto& nodes = call.services.model.nodes_of(cluster.id());
  for (const std::string& id : ids) {
    const auto node = std::find_if(nodes.begin(), nodes.end(), [&](const auto& entry) {
      return !entry.second->removing() &&
             (entry.second->id() == id || order_number(*entry.second) == id);
    });
    if (node == nodes.end()) {
      return api_error(missing,
                       "cluster {} has no node {}; DescribeClusterNodes lists EmrResourceId and "
                       "OrderNo of each",
                       cluster.id(),
                       cut_text(id, 64));
    }
    if (std::find(found.begin(), found.end(), node->second) != found.end()) {
      return api_error(
          code::kInvalidParameter_InvalidResourceIds, "node {} is named twice", cut_text(id, 64));
    }
    found.push_back(node->second);
  }
  return found;
}

}  // namespace tusker::api
