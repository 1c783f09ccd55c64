#include <algorithm>

#include "api/errors.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "base/encoding.h"
#include "control/controller.h"
#include "model/model.h"

namespace tusker::api::handlers {
namespace {

// docs/reference/semantics.md 3
constexpr std::int64_t kLongestPause = 300;
constexpr std::int64_t kLargestBatch = 99999;

using Nodes = std::vector<const store::Node*>;

std::string upper_case(std::string_view text) {
  std::string upper(text);
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return upper;
}

Nodes nodes_of(const Call& call, const store::Cluster& cluster) {
  Nodes nodes;
  for (const auto& [order, node] : call.services.model.nodes_of(cluster.id()))
    if (!node->removing() && !node->prepared()) nodes.push_back(node);
  return nodes;
}

// The names of the service's roles, those of masters first.
std::vector<std::string> role_names(const Nodes& nodes, const std::string& service) {
  std::vector<std::string> names;
  for (const store::Node* const node : nodes) {
    for (const store::Role& role : node->roles()) {
      if (upper_case(role.component()) == service &&
          std::find(names.begin(), names.end(), role.name()) == names.end())
        names.push_back(role.name());
    }
  }
  return names;
}

std::vector<const store::Node*> nodes_with(const Nodes& nodes,
                                           const std::string& service,
                                           const std::string& name) {
  Nodes found;
  for (const store::Node* const node : nodes) {
    const bool has =
        std::any_of(node->roles().begin(), node->roles().end(), [&](const store::Role& role) {
          return role.name() == name && upper_case(role.component()) == service;
        });
    if (has) found.push_back(node);
  }
  return found;
}

Status add_process(const ComponentBasicRestartInfo& wanted,
                   const std::string& service,
                   const Nodes& nodes,
                   std::vector<RoleOfNode>& roles) {
  const std::string name = wanted.component_name.value_or("");
  const Nodes having = nodes_with(nodes, service, name);
  if (having.empty()) {
    std::string names;
    for (const std::string& one : role_names(nodes, service))
      names += (names.empty() ? "" : ", ") + one;
    return api_error(code::kResourceNotFound_ServiceNodeNotFound,
                     "{} has no process \"{}\" here; it has {}",
                     service,
                     cut_text(name, 64),
                     names);
  }
  if (wanted.ip_list.empty()) {
    for (const store::Node* const node : having) roles.push_back({node->id(), name});
    return ok_status();
  }
  for (const std::string& address : wanted.ip_list) {
    const auto node = std::find_if(having.begin(), having.end(), [&](const store::Node* one) {
      return one->address() == address;
    });
    if (node == having.end()) {
      return api_error(code::kResourceNotFound_ServiceNodeNotFound,
                       "no {} runs at {}",
                       name,
                       cut_text(address, 64));
    }
    roles.push_back({(*node)->id(), name});
  }
  return ok_status();
}

Status add_service(const ServiceBasicRestartInfo& wanted,
                   const store::Cluster& cluster,
                   const Nodes& nodes,
                   std::vector<RoleOfNode>& roles) {
  const std::string service = wanted.service_name.value_or("");
  const std::vector<std::string> names = role_names(nodes, service);
  if (names.empty()) {
    std::string known;
    for (const store::Component& component : cluster.components()) {
      if (upper_case(component.name()) == service && wanted.component_info_list.empty())
        return ok_status();  // of services without processes there is nothing to do
      known += (known.empty() ? "" : ", ") + upper_case(component.name());
    }
    return api_error(code::kUnsupportedOperation_ServiceNotSupport,
                     "cluster {} has no service \"{}\"; it has {}",
                     cluster.id(),
                     cut_text(service, 64),
                     known);
  }
  if (!wanted.component_info_list.empty()) {
    for (const ComponentBasicRestartInfo& process : wanted.component_info_list)
      TK_TRY_VOID(add_process(process, service, nodes, roles));
    return ok_status();
  }
  for (const std::string& name : names) {
    ComponentBasicRestartInfo every;
    every.component_name = name;
    TK_TRY_VOID(add_process(every, service, nodes, roles));
  }
  return ok_status();
}

// Every process that the request means, once.
Result<std::vector<RoleOfNode>> roles_of(const StartStopServiceOrMonitorRequest& request,
                                         const store::Cluster& cluster,
                                         const Call& call) {
  const Nodes nodes = nodes_of(call, cluster);
  std::vector<RoleOfNode> roles;
  for (const ServiceBasicRestartInfo& service : request.op_scope.service_info_list)
    TK_TRY_VOID(add_service(service, cluster, nodes, roles));
  if (roles.empty()) {
    return api_error(code::kMissingParameter,
                     "OpScope.ServiceInfoList has no service with processes: say which are meant");
  }
  std::vector<RoleOfNode> once;
  for (RoleOfNode& one : roles) {
    const bool twice = std::any_of(once.begin(), once.end(), [&](const RoleOfNode& other) {
      return other.node_id == one.node_id && other.role == one.role;
    });
    if (!twice) once.push_back(std::move(one));
  }
  return once;
}

Status read_strategy(const StartStopServiceOrMonitorRequest& request, RoleWish& wish) {
  if (!request.strategy_config) {
    if (wish.verb != store::RoleOperation::RESTART) return ok_status();
    return api_error(code::kMissingParameter,
                     "StrategyConfig is required for RestartService; "
                     "{{\"RollingRestartSwitch\":0}} restarts all at once");
  }
  const StrategyConfig& strategy = *request.strategy_config;
  if (!strategy.args.empty()) {
    return not_supported("StrategyConfig.Args",
                         "there is one mode of restart: the process is ended and started");
  }
  const std::int64_t batch = strategy.batch_size.value_or(1);
  const std::int64_t pause = strategy.time_wait.value_or(0);
  if (batch < 1 || batch > kLargestBatch || pause < 0 || pause > kLongestPause) {
    return api_error(code::kInvalidParameterValue,
                     "StrategyConfig has BatchSize {} and TimeWait {}; expected 1 to {}, and 0 to "
                     "{} s",
                     batch,
                     pause,
                     kLargestBatch,
                     kLongestPause);
  }
  if (strategy.rolling_restart_switch.value_or(0) == 1) {
    wish.batch = static_cast<std::uint32_t>(batch);
    wish.pause = std::chrono::seconds(pause);
  }
  wish.skips_failed = strategy.deal_on_fail.value_or(0) == 1;
  return ok_status();
}

Status check_stop(const StartStopServiceOrMonitorRequest& request) {
  if (!request.stop_params || !request.stop_params->grace_down_time) return ok_status();
  return not_supported("StopParams.GraceDownTime",
                       "how long a process may take to end is part of its definition");
}

Result<RoleWish> wish_of(const StartStopServiceOrMonitorRequest& request) {
  RoleWish wish;
  wish.verb = request.op_type == "StartService"  ? store::RoleOperation::START
              : request.op_type == "StopService" ? store::RoleOperation::STOP
                                                 : store::RoleOperation::RESTART;
  TK_TRY_VOID(read_strategy(request, wish));
  TK_TRY_VOID(check_stop(request));
  return wish;
}

}  // namespace

Result<Answer> start_stop_service_or_monitor(const StartStopServiceOrMonitorRequest& request,
                                             Call& call) {
  call.cluster_id = request.instance_id;
  TK_TRY(const store::Cluster* const cluster,
         find_live_cluster(call, request.instance_id, code::kResourceNotFound_InstanceNotFound));
  TK_TRY(std::vector<RoleOfNode> roles, roles_of(request, *cluster, call));
  const Actor actor{call.caller.secret_id, call.peer};
  const ClusterId id(cluster->id());
  if (request.op_type == "StartMonitor" || request.op_type == "StopMonitor") {
    call.services.controller.set_maintenance(id, roles, request.op_type == "StopMonitor", actor);
  } else {
    TK_TRY(RoleWish wish, wish_of(request));
    wish.roles = std::move(roles);
    TK_TRY_VOID(call.services.controller.operate_roles(id, wish, actor));
  }
  Answer answer;
  encode(answer::StartStopServiceOrMonitorResponse{}, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
