#include "api/arena.h"
#include "api/errors.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "api/tags.h"
#include "control/controller.h"

namespace tusker::api::handlers {
namespace {

constexpr int kMostTags = 50;

Status check(const ModifyResourcesTagsRequest& request) {
  if (request.modify_type != "Cluster") {
    return api_error(code::kUnsupportedOperation,
                     "ModifyType is \"{}\": only clusters have tags of their own; nodes show their "
                     "cluster's",
                     request.modify_type);
  }
  for (const ModifyResourceTags& resource : request.modify_resource_tags_info_list) {
    TK_TRY_VOID(check_new_tags("AddTags", resource.add_tags));
    TK_TRY_VOID(check_new_tags("ModifyTags", resource.modify_tags));
    TK_TRY_VOID(check_tags("DeleteTags", resource.delete_tags));
  }
  return ok_status();
}

// What a cluster's tags are after the changes: deleted first, so that a key may be in two lists.
Result<TagRows> changed(const store::Cluster& cluster, const ModifyResourceTags& resource) {
  TagRows rows = cluster.tags();
  delete_tags(resource.delete_tags, rows);
  set_tags(resource.modify_tags, rows);
  set_tags(resource.add_tags, rows);
  if (rows.size() > kMostTags) {
    return api_error(
        code::kLimitExceeded, "cluster {} would have more than {} tags", cluster.id(), kMostTags);
  }
  return rows;
}

}  // namespace

// Each cluster's tags change together or not at all, at once and without a flow: nodes have none.
Result<Answer> modify_resources_tags(const ModifyResourcesTagsRequest& request, Call& call) {
  TK_TRY_VOID(check(request));
  std::vector<std::string_view> done;
  std::vector<std::string_view> failed;
  for (const ModifyResourceTags& resource : request.modify_resource_tags_info_list) {
    const Result<const store::Cluster*> cluster =
        find_live_cluster(call, resource.resource_id, code::kResourceNotFound_InstanceNotFound);
    const Result<TagRows> tags =
        cluster.ok() ? changed(**cluster, resource) : Result<TagRows>(cluster.error());
    if (!tags.ok()) {
      failed.push_back(resource.resource_id);
      continue;
    }
    call.cluster_id = resource.resource_id;
    call.services.controller.change_tags(
        ClusterId(resource.resource_id), *tags, {call.caller.secret_id, call.peer});
    done.push_back(resource.resource_id);
  }
  Arena arena;
  answer::ModifyResourcesTagsResponse response;
  response.success_list = arena.texts(done);
  response.fail_list = arena.texts(failed);
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
