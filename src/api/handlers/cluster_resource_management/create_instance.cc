#include "api/client_token.h"
#include "api/create_input.h"
#include "api/generated/handlers.h"
#include "control/controller.h"

namespace tusker::api::handlers {
Result<Answer> create_instance(const CreateInstanceRequest& request, Call& call) {
  const Repeatable repeatable(request.client_token, call);
  TK_TRY(std::optional<Answer> earlier, repeatable.earlier(call));
  if (earlier) return *std::move(earlier);

  TK_TRY(ClusterPlan plan, plan_from(request, call));
  call.cluster_id = plan.cluster.id();
  answer::CreateInstanceResponse response;
  response.instance_id = call.cluster_id;
  Answer answer;
  encode(response, answer.text);

  // Recorded, and so visible to DescribeInstances, before this returns: Terraform takes an empty
  // list for success.
  TK_TRY(const FlowId flow,
         call.services.controller.start_create(
             std::move(plan), {call.caller.secret_id, call.peer}, repeatable.remembered(answer)));
  call.services.log.info(
      "api.create", {{"cluster", call.cluster_id}, {"flow", flow}, {"request", call.request_id}});
  return answer;
}

}  // namespace tusker::api::handlers
