#include "api/errors.h"
#include "api/find_cluster.h"
#include "api/find_nodes.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "control/controller.h"
#include "plan/request_checks.h"

namespace tusker::api::handlers {
namespace {

// docs/reference/semantics.md 2.11
constexpr std::int64_t kShortestGrace = 60;
constexpr std::int64_t kLongestGrace = 1800;

Result<std::optional<Duration>> read_grace(const TerminateClusterNodesRequest& request) {
  if (!request.grace_down_flag.value_or(false) || !request.grace_down_time)
    return std::optional<Duration>();
  const std::int64_t seconds = *request.grace_down_time;
  if (seconds < kShortestGrace || seconds > kLongestGrace) {
    return api_error(code::kInvalidParameterValue,
                     "GraceDownTime is {} s; expected {} to {}",
                     seconds,
                     kShortestGrace,
                     kLongestGrace);
  }
  return std::optional<Duration>(std::chrono::seconds(seconds));
}

Status check_type(const store::Node& node, const std::string& flag) {
  std::string word(node_type_word(node.type()));
  for (char& c : word) c = static_cast<char>(c - 32);
  if (word == flag) return ok_status();
  return api_error(code::kInvalidParameter_InvalidNodeFlag,
                   "NodeFlag is {}, and {} is a {} node",
                   flag,
                   node.id(),
                   word);
}

}  // namespace

Result<Answer> terminate_cluster_nodes(const TerminateClusterNodesRequest& request, Call& call) {
  TK_TRY(const std::optional<Duration> within, read_grace(request));
  call.cluster_id = request.instance_id;
  TK_TRY(const store::Cluster* const cluster,
         find_live_cluster(call, request.instance_id, code::kResourceNotFound_InstanceNotFound));
  TK_TRY(
      const std::vector<const store::Node*> nodes,
      find_nodes(
          call, *cluster, request.cvm_instance_ids, code::kResourceNotFound_CvmInstanceNotFound));
  std::vector<std::string> ids;
  for (const store::Node* const node : nodes) {
    TK_TRY_VOID(check_type(*node, request.node_flag));
    ids.push_back(node->id());
  }
  TK_TRY(const FlowId flow,
         call.services.controller.start_scale_in(
             ClusterId(cluster->id()), std::move(ids), within, {call.caller.secret_id, call.peer}));
  call.services.log.info(
      "api.scale_in", {{"cluster", call.cluster_id}, {"flow", flow}, {"request", call.request_id}});
  answer::TerminateClusterNodesResponse response;
  response.flow_id = static_cast<std::int64_t>(flow);
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
