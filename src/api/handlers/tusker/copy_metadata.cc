#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "control/controller.h"

namespace tusker::api::handlers {

Result<Answer> copy_metadata(const CopyMetadataRequest& request, Call& call) {
  call.cluster_id = request.instance_id;
  TK_TRY(const store::Cluster* const cluster,
         find_live_cluster(call, request.instance_id, code::kResourceNotFound_InstanceNotFound));
  const Result<std::uint64_t> number = call.services.controller.want_metadata_copy(
      ClusterId(cluster->id()), {call.caller.secret_id, call.peer});
  if (!number.ok())
    return Error(number.error()).with_api_code(code::kFailedOperation_MetadataNotCopied);
  answer::CopyMetadataResponse response;
  response.number = static_cast<std::int64_t>(*number);
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
