#include "api/node_stream.h"

#include "api/decoder.h"
#include "api/errors.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/schemas.h"
#include "api/generated/types.h"
#include "api/service.h"
#include "base/ids.h"
#include "model/model.h"

namespace tusker::api {
namespace {

Result<const store::Node*> find_node(const Model& model,
                                     const store::Cluster& cluster,
                                     std::string_view wanted) {
  std::vector<std::string_view> names;
  for (const auto& [order, node] : model.nodes_of(cluster.id())) {
    if (node->removing()) continue;
    if (node->name() == wanted || node->id() == wanted) return node;
    names.push_back(node->name());
  }
  return api_error(code::kResourceNotFound_NodeNotFound,
                   "cluster {} has no node {}; it has {}",
                   cluster.id(),
                   wanted,
                   names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
}

}  // namespace

Result<NodeStream> resolve_node_stream(const Value& parameters, Call& call) {
  OpenNodeStreamRequest request;
  TK_TRY_VOID(decode(schema::kOpenNodeStreamRequest, parameters, &request));
  call.cluster_id = request.instance_id;
  TK_TRY(const store::Cluster* const cluster,
         find_live_cluster(call, request.instance_id, code::kResourceNotFound_InstanceNotFound));
  TK_TRY(const store::Node* const node, find_node(call.services.model, *cluster, request.node));
  NodeStream stream;
  stream.caller = call.caller;
  stream.cluster_id = cluster->id();
  stream.node_id = node->id();
  stream.host_id = node->host_id();
  stream.user = request.user.value_or("tusker");
  stream.argv = std::move(request.argv);
  stream.terminal = request.terminal.value_or(0) == 1;
  stream.columns = static_cast<std::uint32_t>(request.columns.value_or(80));
  stream.rows = static_cast<std::uint32_t>(request.rows.value_or(24));
  return stream;
}

}  // namespace tusker::api
