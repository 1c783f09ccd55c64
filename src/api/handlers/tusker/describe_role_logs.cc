#include "api/arena.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "api/role_logs.h"
#include "model/model.h"

namespace tusker::api::handlers {

Result<Answer> describe_role_logs(const DescribeRoleLogsRequest& request, Call& call) {
  TK_TRY(const store::Cluster* const cluster,
         find_cluster(call, request.instance_id, code::kResourceNotFound_InstanceNotFound));
  std::vector<RoleLogs> all;
  if (request.node) {
    TK_TRY(RoleLogs logs, find_role_logs(call, *cluster, *request.node));
    all.push_back(std::move(logs));
  } else {
    all = role_logs_of(call, *cluster);
  }
  Arena arena;
  answer::DescribeRoleLogsResponse response;
  response.logs = arena.each(all, [&](const RoleLogs& logs) {
    const store::Host* const host = call.services.model.host(logs.host_id);
    answer::RoleLogsInfo info;
    info.resource_id = logs.node_id;
    info.name = logs.name;
    if (host != nullptr) info.host_name = host->name();
    info.removed = logs.removed;
    info.roles = arena.texts(logs.roles);
    return info;
  });
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
