#include <algorithm>
#include <array>

#include "api/arena.h"
#include "api/errors.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "api/handlers/cluster_resource_management/node_info.h"
#include "api/paging.h"
#include "api/role_health.h"
#include "api/search_fields.h"
#include "api/utf8.h"
#include "base/encoding.h"
#include "model/model.h"
#include "plan/definitions.h"
#include "plan/request_checks.h"

namespace tusker::api::handlers {
namespace {

// Numbers of the request's filters (docs/reference/semantics.md 3). Values that are not among the
// documented ones fit no process: the vendor's own examples send some.
constexpr std::int64_t kAnyConfiguration = -99;
constexpr std::string_view kAnyHealth = "-99";
constexpr std::int64_t kStarted = 1;
constexpr std::int64_t kStopped = 2;
constexpr std::int64_t kNotInMaintenance = 1;
constexpr std::int64_t kInMaintenance = 2;
constexpr std::int64_t kNoNumber = -1;  // of a process that the published table does not have

constexpr std::uint64_t kDefaultLimit = 100;

// One role on one node, with what the agent reports of it.
struct Process {
  const store::Node* node;
  const store::Role* role;
  RoleHealth health;
  ConfigurationState configuration;
  bool started;
};
using Processes = std::vector<Process>;

struct Filter {
  std::string component;          // empty: any
  std::string_view address;       // empty: any
  std::string_view node_type;     // empty: any
  std::string text;               // in lower case
  std::string_view health;        // a code as text
  std::int64_t configuration{};   // a code
  std::int64_t operation{};       // 0: any
  std::int64_t maintenance{};     // 0: any
  bool hdfs_maintenance = false;  // only DataNodes in HDFS's own: nothing here is

  // By what the rows say.
  bool accepts(const store::Node& node, const store::Role& role) const {
    if (hdfs_maintenance || (!component.empty() && role.component() != component)) return false;
    if (maintenance != 0 &&
        maintenance != (role.maintenance() ? kInMaintenance : kNotInMaintenance))
      return false;
    if (!address.empty() && node.address() != address) return false;
    if (!node_type.empty() && node_type_word(node.type()) != node_type) return false;
    return text.empty() || in_lower_case(role.name()).find(text) != std::string::npos ||
           node.address().find(text) != std::string::npos ||
           node.name().find(text) != std::string::npos;
  }
  // By what the agent says.
  bool accepts(const Process& process) const {
    if (health != kAnyHealth && health != std::to_string(process.health.code)) return false;
    if (configuration != kAnyConfiguration &&
        configuration != static_cast<std::int64_t>(process.configuration))
      return false;
    return operation == 0 || operation == (process.started ? kStarted : kStopped);
  }
};

// "HDFS" -> "hdfs".
Result<std::string> read_service(const store::Cluster& cluster, const std::string& service) {
  const std::string wanted = in_lower_case(service);
  std::string all;
  for (const store::Component& component : cluster.components()) {
    if (component.name() == wanted) return wanted;
    all += (all.empty() ? "" : ", ") + component.name();
  }
  return api_error(code::kUnsupportedOperation_ServiceNotSupport,
                   "ServiceName is \"{}\"; cluster {} has {}",
                   cut_text(service, 64),
                   cluster.id(),
                   all);
}

Result<Filter> read_filter(const store::Cluster& cluster,
                           const DescribeServiceNodeInfosRequest& request) {
  Filter filter;
  if (const std::string service = request.service_name.value_or(""); !service.empty()) {
    TK_TRY(filter.component, read_service(cluster, service));
  }
  TK_TRY(filter.address, searched_address(request.search_fields));
  if (request.node_type_name) filter.node_type = *request.node_type_name;
  filter.text = in_lower_case(request.search_text.value_or(""));
  filter.health = request.health_state_id ? *request.health_state_id : kAnyHealth;
  filter.configuration = request.conf_status.value_or(kAnyConfiguration);
  filter.operation = request.operator_state_id.value_or(0);
  filter.maintenance = request.maintain_state_id.value_or(0);
  filter.hdfs_maintenance = request.data_node_maintenance_id.value_or(0) != 0;
  return filter;
}

// Where a role stands in the definitions; one that they do not have any more comes last.
std::pair<std::size_t, std::size_t> place_of(const Definitions& definitions,
                                             const store::Role& role) {
  for (std::size_t i = 0; i < definitions.components.size(); ++i) {
    const ComponentDefinition& component = definitions.components[i];
    if (component.name != role.component()) continue;
    const auto found = std::ranges::find(component.roles, role.name(), &RoleDefinition::name);
    return {i, static_cast<std::size_t>(found - component.roles.begin())};
  }
  return {definitions.components.size(), 0};
}

// By service, then process, then node.
Processes select(const store::Cluster& cluster, const Filter& filter, const Services& services) {
  const Model& model = services.model;
  Processes processes;
  for (const auto& [order, node] : model.nodes_of(cluster.id())) {
    for (const store::Role& role : node->roles()) {
      if (!filter.accepts(*node, role)) continue;
      Process process{node,
                      &role,
                      health_of(model, *node, role),
                      configuration_of(model, *node, role),
                      is_started(model, *node, role)};
      if (filter.accepts(process)) processes.push_back(std::move(process));
    }
  }
  std::ranges::stable_sort(processes, {}, [&](const Process& process) {
    return place_of(services.definitions, *process.role);
  });
  return processes;
}

Result<std::span<const Process>> page_of(const Processes& processes,
                                         const DescribeServiceNodeInfosRequest& request) {
  const std::int64_t page = request.offset.value_or(0);
  const std::int64_t size = request.limit.value_or(0);
  if (page < 0 || size < 0) {
    return api_error(code::kInvalidParameter,
                     "Offset is {} and Limit {}; expected a page number from 0 and a page's size",
                     page,
                     size);
  }
  if (page == 0 && size == 0) return std::span(processes);
  return api::page_of(processes,
                      static_cast<std::uint64_t>(page),
                      size == 0 ? kDefaultLimit : static_cast<std::uint64_t>(size));
}

std::string ports_of(const store::Role& role) {
  std::string list;
  for (const store::Port& port : role.ports())
    list += fmt::format("{}{}:{}", list.empty() ? "" : ",", port.name(), port.number());
  return list;
}

std::int64_t number_of(const Definitions& definitions, const store::Role& role) {
  const RoleDefinition* const definition = definitions.role(role.name());
  return definition == nullptr || !definition->service_number ? kNoNumber
                                                              : *definition->service_number;
}

answer::ServiceNodeDetailInfo info_of(const Process& process,
                                      const Definitions& definitions,
                                      Arena& arena) {
  const std::string_view type = node_type_word(process.node->type());
  answer::ServiceNodeDetailInfo info;
  info.ip = process.node->address();
  info.node_type = number_of(definitions, *process.role);
  info.node_name = process.role->name();
  info.status = process.started ? kStarted : kStopped;
  info.service_status = info.status;
  info.monitor_status = process.role->maintenance() ? kStopped : kStarted;
  info.ports_info = arena.copy(ports_of(*process.role));
  info.flag = node_flag(process.node->type());
  info.node_flag_filter = type;
  info.conf_group_name =
      arena.format(FMT_COMPILE("{}-{}-defaultGroup"), process.role->component(), type);
  info.conf_status = static_cast<std::int64_t>(process.configuration);
  answer::HealthStatus& health = *arena.make<answer::HealthStatus>();
  health.code = process.health.code;
  health.text = process.health.text();
  health.desc = process.health.why;
  info.health_status = &health;
  return info;
}

}  // namespace

Result<Answer> describe_service_node_infos(const DescribeServiceNodeInfosRequest& request,
                                           Call& call) {
  TK_TRY(const store::Cluster* const cluster,
         find_live_cluster(call, request.instance_id, code::kResourceNotFound_ClusterNotFound));
  TK_TRY(const Filter filter, read_filter(*cluster, request));
  const Processes processes = select(*cluster, filter, call.services);
  TK_TRY(const std::span<const Process> page, page_of(processes, request));

  answer::DescribeServiceNodeInfosResponse response;
  Arena arena;
  response.total_cnt = static_cast<std::int64_t>(processes.size());
  response.service_node_list = arena.each(page, [&](const Process& process) {
    return info_of(process, call.services.definitions, arena);
  });
  response.support_node_flag_filter_list =
      arena.texts(std::array{"master", "core", "task", "common", "router"});
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
