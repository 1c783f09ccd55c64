#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "control/controller.h"

namespace tusker::api::handlers {

Result<Answer> restore_metadata(const RestoreMetadataRequest& request, Call& call) {
  call.cluster_id = request.instance_id;
  TK_TRY(const store::Cluster* const cluster,
         find_live_cluster(call, request.instance_id, code::kResourceNotFound_InstanceNotFound));
  std::optional<std::uint64_t> number;
  if (request.number) number = static_cast<std::uint64_t>(*request.number);
  const Result<FlowId> flow = call.services.controller.start_restore(
      ClusterId(cluster->id()), number, {call.caller.secret_id, call.peer});
  if (!flow.ok()) {
    return Error(flow.error())
        .with_api_code(flow.error().code() == ErrorCode::NotFound
                           ? code::kResourceNotFound_MetadataCopyNotFound
                           : code::kFailedOperation_MetadataNotRestored);
  }
  answer::RestoreMetadataResponse response;
  response.flow_id = static_cast<std::int64_t>(*flow);
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
