#include "api/creation_of_cluster.h"

#include "control/controller.h"

namespace tusker::api {

Status record_creation(ClusterPlan plan,
                       const Repeatable& repeatable,
                       const Answer& answer,
                       Call& call) {
  TK_TRY(const FlowId flow,
         call.services.controller.start_create(
             std::move(plan), {call.caller.secret_id, call.peer}, repeatable.remembered(answer)));
  call.services.log.info(
      "api.create", {{"cluster", call.cluster_id}, {"flow", flow}, {"request", call.request_id}});
  return ok_status();
}

}  // namespace tusker::api
