#include "api/service_deployments.h"

#include <algorithm>
#include <array>

#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "base/encoding.h"
#include "plan/request_checks.h"

namespace tusker::api {
namespace {

// Terraform names these for every node type, and in no other list (docs/reference/terraform.md 3):
// parts of what a node is, not services.
bool is_part_of_nodes(std::string_view name) {
  static constexpr std::array<std::string_view, 3> kNames = {"runtime", "filebeat", "krb5"};
  return std::ranges::find(kNames, name) != kNames.end();
}

bool runs_on(const RoleDefinition& role, store::NodeType type) {
  return std::ranges::find(role.on, type, &RolePlace::type) != role.on.end();
}

Status check_deployment(const ServiceDeploy& service,
                        store::NodeType type,
                        const std::vector<std::string>& software,
                        const Definitions& definitions) {
  const std::string asked = service.software_name.value_or("");
  const std::string name = software_name(asked);
  if (is_part_of_nodes(name)) return ok_status();
  const ComponentDefinition* const component = definitions.component(name);
  const bool chosen = std::ranges::find(software, name, software_name) != software.end();
  if (component == nullptr || !chosen) {
    return api_error(code::kInvalidParameter_InvalidComponent,
                     "SoftwareConfig of {} nodes names \"{}\", which is not in "
                     "SceneSoftwareConfig.Software",
                     node_type_word(type),
                     cut_text(asked, 64));
  }
  for (const std::string& process : service.roles) {
    const auto role = std::ranges::find(component->roles, process, &RoleDefinition::name);
    if (role != component->roles.end() && runs_on(*role, type)) continue;
    return api_error(code::kUnsupportedOperation,
                     "SoftwareConfig asks for {} of {} on {} nodes: the release decides where "
                     "processes run; leave SoftwareConfig out",
                     cut_text(process, 64),
                     name,
                     node_type_word(type));
  }
  return ok_status();
}

}  // namespace

Status check_deployments(const AllNodeResourceSpec& specs,
                         const std::vector<std::string>& software,
                         const Definitions& definitions) {
  const std::pair<store::NodeType, const std::optional<NodeResourceSpec>&> nodes[] = {
      {store::MASTER, specs.master_resource_spec},
      {store::CORE, specs.core_resource_spec},
      {store::TASK, specs.task_resource_spec},
      {store::COMMON, specs.common_resource_spec}};
  for (const auto& [type, spec] : nodes) {
    if (!spec) continue;
    for (const ServiceDeploy& service : spec->software_config)
      TK_TRY_VOID(check_deployment(service, type, software, definitions));
  }
  return ok_status();
}

}  // namespace tusker::api
