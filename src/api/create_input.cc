#include "api/create_input.h"

#include "api/bootstrap_scripts.h"
#include "api/create_support.h"
#include "api/disk_types.h"
#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "api/group_input.h"
#include "api/places.h"
#include "api/service_deployments.h"
#include "api/tags.h"
#include "base/encoding.h"
#include "control/controller.h"

namespace tusker::api {
namespace {

constexpr const char* kDefaultScene = "Hadoop-Default";

// What both generations call the same.
template <typename Request>
CreateRequest start_request(const Request& request, const Call& call) {
  CreateRequest made;
  made.name = request.instance_name;
  made.region = call.region;
  made.account = call.caller.account;
  TagRows tags;
  set_tags(request.tags, tags);
  made.tags.assign(tags.begin(), tags.end());
  made.asked.set_no_public_address(request.need_master_wan.value_or("") == "NOT_NEED_MASTER_WAN");
  made.asked.set_public_key_id(request.login_settings.public_key_id.value_or(""));
  return made;
}

Result<ClusterPlan> plan_of(const CreateRequest& input, const Call& call) {
  const Services& services = call.services;
  return plan_cluster(services.definitions,
                      services.controller.inventory(),
                      input,
                      services.random,
                      services.clock.wall());
}

// ---- nodes in the first generation

Result<GroupInput> group_of(store::NodeType type,
                            std::string_view name,
                            const std::optional<Resource>& resource,
                            std::optional<std::int64_t> count) {
  GroupInput group;
  group.type = type;
  group.path = fmt::format("ResourceSpec.{}", name);
  group.count = count.value_or(0);
  if (!resource) return group;
  group.specified = true;
  group.instance_type = resource->instance_type.value_or("");
  group.cpus = resource->cpu;
  group.memory_mb = resource->mem_size;
  group.root_gigabytes = resource->root_size.value_or(0);
  group.disk_type = resource->disk_type;
  group.spec = resource->spec;
  group.storage_type = resource->storage_type;
  if (resource->disk_size != 0) group.disks.push_back({resource->disk_type, resource->disk_size});
  if (group.disks.empty() && !resource->multi_disks.empty()) {
    return api_error(code::kInvalidParameter_InvalidDiskSize,
                     "{}.DiskSize is 0 with MultiDisks; say the size of the first disk",
                     group.path);
  }
  for (const MultiDisk& disk : resource->multi_disks) {
    group.disks.push_back({disk.disk_type.value_or(resource->disk_type),
                           disk.volume.value_or(0),
                           disk.count.value_or(1)});
  }
  return group;
}

// ---- nodes in the second generation

constexpr std::string_view kSpecs = "ZoneResourceConfiguration.AllNodeResourceSpec";

std::string_view bad_disk_code(store::NodeType type) {
  if (type == store::MASTER) return code::kInvalidParameter_InvalidMasterDiskType;
  if (type == store::CORE) return code::kInvalidParameter_InvalidCoreDiskType;
  if (type == store::COMMON) return code::kInvalidParameter_InvalidCommonDiskType;
  return code::kInvalidParameter_InvalidDiskType;
}

Status check_disk_type(const GroupInput& group, const DiskSpecInfo& disk) {
  if (disk_type_number(disk.disk_type) != 0) return ok_status();
  return api_error(bad_disk_code(group.type),
                   "{}: DiskType \"{}\" does not exist; CLOUD_SSD, CLOUD_PREMIUM and CLOUD_HSSD do",
                   group.path,
                   cut_text(disk.disk_type, 64));
}

Status read_disks(const NodeResourceSpec& spec, GroupInput& group) {
  for (const DiskSpecInfo& disk : spec.system_disk) {
    TK_TRY_VOID(check_disk_type(group, disk));
    group.storage_type = disk_type_number(disk.disk_type);
    group.root_gigabytes = disk.disk_size;
    group.disk_type = disk.disk_type;
  }
  for (const DiskSpecInfo& disk : spec.data_disk) {
    TK_TRY_VOID(check_disk_type(group, disk));
    group.disks.push_back({disk.disk_type, disk.disk_size, disk.count});
  }
  if (!group.disks.empty()) group.disk_type = group.disks.front().type;
  return ok_status();
}

// "S6.2XLARGE16" is shown as "CVM.S6" (docs/reference/terraform.md 3).
std::string family_of(const std::string& instance_type) {
  return fmt::format("CVM.{}", instance_type.substr(0, instance_type.find('.')));
}

Result<GroupInput> group_of(store::NodeType type,
                            std::string_view name,
                            const std::optional<NodeResourceSpec>& spec,
                            std::optional<std::int64_t> count) {
  GroupInput group;
  group.type = type;
  group.path = fmt::format("{}.{}", kSpecs, name);
  group.count = count.value_or(0);
  if (!spec) return group;
  group.specified = true;
  group.instance_type = spec->instance_type;
  group.spec = family_of(spec->instance_type);
  TK_TRY_VOID(read_disks(*spec, group));
  return group;
}

// Of either generation's specification: both name its members alike.
template <typename Specs>
Result<std::vector<GroupInput>> groups_of(const Specs& specs) {
  std::vector<GroupInput> groups(4);
  TK_TRY(groups[0],
         group_of(
             store::MASTER, "MasterResourceSpec", specs.master_resource_spec, specs.master_count));
  TK_TRY(groups[1],
         group_of(store::CORE, "CoreResourceSpec", specs.core_resource_spec, specs.core_count));
  TK_TRY(groups[2],
         group_of(store::TASK, "TaskResourceSpec", specs.task_resource_spec, specs.task_count));
  TK_TRY(groups[3],
         group_of(
             store::COMMON, "CommonResourceSpec", specs.common_resource_spec, specs.common_count));
  return groups;
}

// ---- requests

Result<CreateRequest> read_request(const CreateInstanceRequest& request, const Call& call) {
  CreateRequest made = start_request(request, call);
  made.product_id = request.product_id;
  made.software = request.software;
  made.high_availability = request.support_ha != 0;
  made.custom_configuration = request.extend_fs_field.value_or("");
  made.pay_mode = static_cast<std::int32_t>(request.pay_mode);
  if (request.placement) made.project_id = request.placement->project_id.value_or(0);
  if (request.vpc_settings) {
    made.asked.set_vpc_id(request.vpc_settings->vpc_id);
    made.asked.set_subnet_id(request.vpc_settings->subnet_id);
  }
  made.asked.set_security_group(request.sg_id.value_or(""));
  made.asked.set_scene_name(request.scene_name.value_or(kDefaultScene));
  made.asked.set_auto_renew(request.auto_renew.value_or(0));
  made.asked.set_application_role(request.application_role.value_or(""));
  TK_TRY(made.scripts, scripts_from(request.pre_executed_file_settings));
  TK_TRY(made.zone, read_zone(request.placement ? request.placement->zone : "", call.region));
  if (!request.resource_spec) {
    return api_error(code::kMissingParameter,
                     "ResourceSpec is required: how many master and core nodes, and of what size");
  }
  TK_TRY(const std::vector<GroupInput> groups, groups_of(*request.resource_spec));
  TK_TRY_VOID(add_groups(groups, call.services.definitions, made));
  return made;
}

Result<const ZoneResourceConfiguration*> only_zone(const CreateClusterRequest& request) {
  if (request.zone_resource_configuration.empty()) {
    return api_error(code::kMissingParameter,
                     "ZoneResourceConfiguration is required: one zone, and in AllNodeResourceSpec "
                     "how many master and core nodes, and of what size");
  }
  const ZoneResourceConfiguration& zone = request.zone_resource_configuration.front();
  if (!zone.all_node_resource_spec) {
    return api_error(code::kInvalidParameter_InvalidAllNodeResourceSpec,
                     "{} is required: how many master and core nodes, and of what size",
                     kSpecs);
  }
  return &zone;
}

Result<CreateRequest> read_request(const CreateClusterRequest& request, const Call& call) {
  TK_TRY(const ZoneResourceConfiguration* const zone, only_zone(request));
  CreateRequest made = start_request(request, call);
  made.release = request.product_version;
  made.software = request.scene_software_config.software;
  made.high_availability = request.enable_support_ha_flag;
  made.custom_configuration = request.custom_conf.value_or("");
  TK_TRY(made.scripts, scripts_from(request.script_bootstrap_action_config));
  if (zone->placement) made.project_id = zone->placement->project_id.value_or(0);
  if (zone->virtual_private_cloud) {
    made.asked.set_vpc_id(zone->virtual_private_cloud->vpc_id);
    made.asked.set_subnet_id(zone->virtual_private_cloud->subnet_id);
  }
  if (!request.security_group_ids.empty())
    made.asked.set_security_group(request.security_group_ids.front());
  made.asked.set_scene_name(request.scene_software_config.scene_name.value_or(kDefaultScene));
  TK_TRY(made.zone, read_zone(zone->placement ? zone->placement->zone : "", call.region));
  TK_TRY(const std::vector<GroupInput> groups, groups_of(*zone->all_node_resource_spec));
  TK_TRY_VOID(add_groups(groups, call.services.definitions, made));
  TK_TRY_VOID(
      check_deployments(*zone->all_node_resource_spec, made.software, call.services.definitions));
  return made;
}

template <typename Request>
Result<ClusterPlan> checked_plan(const Request& request, const Call& call) {
  TK_TRY_VOID(check_account_settings(request));
  TK_TRY_VOID(check_supported(request));
  TK_TRY(const CreateRequest input, read_request(request, call));
  return plan_of(input, call);
}

}  // namespace

Result<ClusterPlan> plan_from(const CreateInstanceRequest& request, const Call& call) {
  return checked_plan(request, call);
}

Result<ClusterPlan> plan_from(const CreateClusterRequest& request, const Call& call) {
  return checked_plan(request, call);
}

}  // namespace tusker::api
