#include "api/find_nodes.h"

#include <algorithm>

#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "api/handlers/cluster_resource_management/node_info.h"
#include "base/encoding.h"
#include "model/model.h"

namespace tusker::api {
namespace {

constexpr std::size_t kMostNames = 20;  // that an error lists

}  // namespace

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

Result<const store::Node*> find_named_node(const Call& call,
                                           const store::Cluster& cluster,
                                           std::string_view name) {
  std::vector<std::string> names;
  for (const auto& [order, node] : call.services.model.nodes_of(cluster.id())) {
    if (node->removing()) continue;
    if (node->name() == name || node->id() == name) return node;
    names.push_back(node->name());
  }
  return no_such_node(cluster, name, names);
}

Error no_such_node(const store::Cluster& cluster,
                   std::string_view wanted,
                   const std::vector<std::string>& names) {
  const std::size_t shown = std::min(names.size(), kMostNames);
  std::string list = fmt::format("{}", fmt::join(names.begin(), names.begin() + shown, ", "));
  if (names.size() > shown) list += fmt::format(" and {} more", names.size() - shown);
  return api_error(code::kResourceNotFound_NodeNotFound,
                   "cluster {} has no node {}; it has {}",
                   cluster.id(),
                   cut_text(wanted, 64),
                   names.empty() ? "none" : list);
}

}  // namespace tusker::api
