#include "api/errors.h"
#include "api/find_cluster.h"
#include "api/find_nodes.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "control/controller.h"

namespace tusker::api::handlers {

Result<Answer> terminate_tasks(const TerminateTasksRequest& request, Call& call) {
  call.cluster_id = request.instance_id;
  TK_TRY(const store::Cluster* const cluster,
         find_live_cluster(call, request.instance_id, code::kResourceNotFound_ClusterNotFound));
  TK_TRY(
      const std::vector<const store::Node*> nodes,
      find_nodes(call, *cluster, request.resource_ids, code::kResourceNotFound_ResourceNotFound));
  std::vector<std::string> ids;
  for (const store::Node* const node : nodes) {
    if (node->type() != store::TASK) {
      return api_error(code::kInvalidParameter_InvalidResourceIds,
                       "{} ({}) is no task node; TerminateClusterNodes removes core nodes",
                       node->id(),
                       node->name());
    }
    ids.push_back(node->id());
  }
  TK_TRY_VOID(call.services.controller.start_scale_in(
      ClusterId(cluster->id()), std::move(ids), std::nullopt, {call.caller.secret_id, call.peer}));
  Answer answer;
  encode(answer::TerminateTasksResponse{}, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
