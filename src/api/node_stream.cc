#include "api/node_stream.h"

#include <algorithm>

#include "api/decoder.h"
#include "api/errors.h"
#include "api/find_cluster.h"
#include "api/find_nodes.h"
#include "api/generated/error_codes.h"
#include "api/generated/schemas.h"
#include "api/generated/types.h"
#include "api/role_logs.h"
#include "base/encoding.h"
#include "model/model.h"
#include "plan/nearest.h"

namespace tusker::api {
namespace {

Result<NodeStream> program_in_node(const Value& parameters, Call& call) {
  OpenNodeStreamRequest request;
  TK_TRY_VOID(decode(schema::kOpenNodeStreamRequest, parameters, &request));
  call.cluster_id = request.instance_id;
  TK_TRY(const store::Cluster* const cluster,
         find_live_cluster(call, request.instance_id, code::kResourceNotFound_InstanceNotFound));
  TK_TRY(const store::Node* const node, find_named_node(call, *cluster, request.node));
  NodeStream stream;
  stream.host_id = node->host_id();
  stream.ask.set_node_id(node->id());
  link::Exec& exec = *stream.ask.mutable_exec();
  exec.set_user(request.user.value_or("tusker"));
  for (std::string& word : request.argv) exec.add_argv(std::move(word));
  exec.set_terminal(request.terminal.value_or(0) == 1);
  exec.set_columns(static_cast<std::uint32_t>(request.columns.value_or(80)));
  exec.set_rows(static_cast<std::uint32_t>(request.rows.value_or(24)));
  return stream;
}

// The role goes to the host as the model spells it, never as the request does.
Result<NodeStream> log_of_role(const Value& parameters, Call& call) {
  OpenLogStreamRequest request;
  TK_TRY_VOID(decode(schema::kOpenLogStreamRequest, parameters, &request));
  TK_TRY(const store::Cluster* const cluster,
         find_cluster(call, request.instance_id, code::kResourceNotFound_InstanceNotFound));
  TK_TRY(const RoleLogs logs, find_role_logs(call, *cluster, request.node));
  const auto role = std::find(logs.roles.begin(), logs.roles.end(), request.role);
  if (role == logs.roles.end()) {
    const std::vector<std::string> names(logs.roles.begin(), logs.roles.end());
    return api_error(code::kResourceNotFound_RoleNotFound,
                     "node {} has no logs of {}{}; it has those of {}",
                     logs.name,
                     cut_text(request.role, 64),
                     did_you_mean(request.role, names),
                     names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
  }
  NodeStream stream;
  stream.host_id = logs.host_id;
  stream.ask.set_node_id(std::string(logs.node_id));
  link::Tail& tail = *stream.ask.mutable_tail();
  tail.set_role(std::string(*role));
  tail.set_lines(static_cast<std::uint32_t>(request.lines.value_or(100)));
  tail.set_follow(request.follow.value_or(0) == 1);
  return stream;
}

}  // namespace

Result<NodeStream> resolve_stream(std::string_view action, const Value& parameters, Call& call) {
  return action == "OpenLogStream" ? log_of_role(parameters, call)
                                   : program_in_node(parameters, call);
}

}  // namespace tusker::api
