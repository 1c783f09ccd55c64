#include "api/arena.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"

namespace tusker::api::handlers {

Result<Answer> describe_metadata_copies(const DescribeMetadataCopiesRequest& request, Call& call) {
  TK_TRY(const store::Cluster* const cluster,
         find_live_cluster(call, request.instance_id, code::kResourceNotFound_InstanceNotFound));
  Arena arena;
  answer::DescribeMetadataCopiesResponse response;
  response.copies = arena.each(cluster->metadata_copies(), [&](const store::MetadataCopy& copy) {
    answer::MetadataCopy shown;
    shown.number = static_cast<std::int64_t>(copy.number());
    shown.time = arena.time(WallTime{copy.wall_ms()});
    shown.bytes = static_cast<std::int64_t>(copy.bytes());
    shown.digest = copy.digest();
    return shown;
  });
  response.wanted = static_cast<std::int64_t>(cluster->metadata_copies_wanted());
  response.failure = cluster->metadata_failure();
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
