#include "api/create_input.h"

#include "api/create_support.h"
#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "api/places.h"
#include "control/controller.h"
#include "plan/request_checks.h"
#include "plan/spec.h"

namespace tusker::api {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kGiB = 1 << 30;
constexpr std::int64_t kMaxCpus = 1024;
constexpr std::int64_t kMaxMemoryMb = 16 << 20;
constexpr std::int64_t kMaxDiskGb = 1 << 20;
constexpr std::int64_t kMaxCount = 10'000;
constexpr std::size_t kMaxDisks = 15;

Status in_range(std::string_view path,
                std::string_view field,
                std::int64_t number,
                std::int64_t most,
                std::string_view api_code) {
  if (number >= 0 && number <= most) return ok_status();
  return api_error(api_code, "{}.{} is {}; expected 0 to {}", path, field, number, most);
}

// One node type of ResourceSpec, with what only answers need.
struct Group {
  store::NodeType type;
  std::string_view path;  // ResourceSpec.CoreResourceSpec
  const std::optional<Resource>& resource;
  std::int64_t count;
};

Status read_disks(const Group& group, GroupRequest& made) {
  store::NodeSpec& spec = made.spec;
  const Resource& resource = *group.resource;
  TK_TRY_VOID(in_range(group.path,
                       "DiskSize",
                       resource.disk_size,
                       kMaxDiskGb,
                       code::kInvalidParameter_InvalidDiskSize));
  if (resource.disk_size > 0)
    spec.add_disk_bytes(static_cast<std::uint64_t>(resource.disk_size) * kGiB);
  made.asked.add_disk_types(resource.disk_type);
  for (const MultiDisk& disk : resource.multi_disks) {
    const std::int64_t volume = disk.volume.value_or(0);
    const std::int64_t count = disk.count.value_or(1);
    if (volume < 1 || volume > kMaxDiskGb) {
      return api_error(code::kInvalidParameter_InvalidDiskSize,
                       "{}.MultiDisks: Volume is {}; expected 1 to {} (GB)",
                       group.path,
                       volume,
                       kMaxDiskGb);
    }
    if (count < 0 ||
        static_cast<std::size_t>(count) + static_cast<std::size_t>(spec.disk_bytes_size()) >
            kMaxDisks) {
      return api_error(code::kInvalidParameter_InvalidDiskNum,
                       "{} asks for more than {} data disks",
                       group.path,
                       kMaxDisks);
    }
    if (resource.disk_size == 0) {
      return api_error(code::kInvalidParameter_InvalidDiskSize,
                       "{}.DiskSize is 0 with MultiDisks; say the size of the first disk",
                       group.path);
    }
    for (std::int64_t i = 0; i < count; ++i) {
      spec.add_disk_bytes(static_cast<std::uint64_t>(volume) * kGiB);
      made.asked.add_disk_types(disk.disk_type.value_or(resource.disk_type));
    }
  }
  return ok_status();
}

Status read_sizes(const Group& group, const Definitions& definitions, store::NodeSpec& spec) {
  const Resource& resource = *group.resource;
  constexpr std::string_view kCode = code::kInvalidParameter_InvalidResourceSpec;
  TK_TRY_VOID(in_range(group.path, "Cpu", resource.cpu, kMaxCpus, kCode));
  TK_TRY_VOID(in_range(group.path, "MemSize", resource.mem_size, kMaxMemoryMb, kCode));
  TK_TRY_VOID(in_range(group.path, "RootSize", resource.root_size.value_or(0), kMaxDiskGb, kCode));
  // A machine type of the cloud that is not offered here may come with its sizes, and then those
  // count.
  const std::string type = resource.instance_type.value_or("");
  const bool sized = resource.cpu > 0 && resource.mem_size > 0;
  if (!type.empty() && (!sized || find_spec(definitions, type).ok())) spec.set_instance_type(type);
  spec.set_cpus(static_cast<std::uint32_t>(resource.cpu));
  spec.set_memory_bytes(static_cast<std::uint64_t>(resource.mem_size) * kMiB);
  spec.set_disk_type(resource.disk_type);
  spec.set_root_bytes(static_cast<std::uint64_t>(resource.root_size.value_or(0)) * kGiB);
  return ok_status();
}

Status read_group(const Group& group, const Definitions& definitions, CreateRequest& into) {
  if (group.count < 0 || group.count > kMaxCount) {
    return api_error(code::kInvalidParameter_InvalidResourceSpec,
                     "{}: the count is {}; expected 0 to {}",
                     group.path,
                     group.count,
                     kMaxCount);
  }
  if (group.count == 0) return ok_status();
  if (!group.resource) {
    return api_error(group.type == store::CORE ? code::kMissingParameter_MissingCoreResource
                                               : code::kMissingParameter,
                     "{} is required for {} {} nodes",
                     group.path,
                     group.count,
                     node_type_word(group.type));
  }
  GroupRequest made;
  made.count = static_cast<std::uint32_t>(group.count);
  TK_TRY_VOID(read_sizes(group, definitions, made.spec));
  TK_TRY_VOID(read_disks(group, made));
  made.asked.set_spec(group.resource->spec);
  made.asked.set_storage_type(group.resource->storage_type);
  made.asked.set_instance_type(group.resource->instance_type.value_or(""));
  into.groups.emplace(group.type, std::move(made));
  return ok_status();
}

Status read_groups(const CreateInstanceRequest& request,
                   const Definitions& definitions,
                   CreateRequest& into) {
  if (!request.resource_spec) {
    return api_error(code::kMissingParameter,
                     "ResourceSpec is required: how many master and core nodes, and of what size");
  }
  const NewResourceSpec& spec = *request.resource_spec;
  const Group groups[] = {
      {store::MASTER,
       "ResourceSpec.MasterResourceSpec",
       spec.master_resource_spec,
       spec.master_count.value_or(0)},
      {store::CORE,
       "ResourceSpec.CoreResourceSpec",
       spec.core_resource_spec,
       spec.core_count.value_or(0)},
      {store::TASK,
       "ResourceSpec.TaskResourceSpec",
       spec.task_resource_spec,
       spec.task_count.value_or(0)},
      {store::COMMON,
       "ResourceSpec.CommonResourceSpec",
       spec.common_resource_spec,
       spec.common_count.value_or(0)},
  };
  for (const Group& group : groups) TK_TRY_VOID(read_group(group, definitions, into));
  return ok_status();
}

store::Asked read_asked(const CreateInstanceRequest& request) {
  store::Asked asked;
  if (request.vpc_settings) {
    asked.set_vpc_id(request.vpc_settings->vpc_id);
    asked.set_subnet_id(request.vpc_settings->subnet_id);
  }
  asked.set_security_group(request.sg_id.value_or(""));
  asked.set_scene_name(request.scene_name.value_or("Hadoop-Default"));
  asked.set_no_public_address(request.need_master_wan.value_or("") == "NOT_NEED_MASTER_WAN");
  asked.set_auto_renew(request.auto_renew.value_or(0));
  asked.set_application_role(request.application_role.value_or(""));
  asked.set_public_key_id(request.login_settings.public_key_id.value_or(""));
  return asked;
}

Result<CreateRequest> read_request(const CreateInstanceRequest& request, const Call& call) {
  CreateRequest made;
  made.name = request.instance_name;
  made.product_id = request.product_id;
  made.software = request.software;
  made.high_availability = request.support_ha != 0;
  made.custom_configuration = request.extend_fs_field.value_or("");
  made.region = call.region;
  made.account = call.caller.account;
  made.pay_mode = static_cast<std::int32_t>(request.pay_mode);
  if (request.placement) made.project_id = request.placement->project_id.value_or(0);
  made.asked = read_asked(request);
  TK_TRY(made.zone, read_zone(request.placement ? request.placement->zone : "", call.region));
  for (const Tag& tag : request.tags) {
    store::Tag& row = made.tags.emplace_back();
    row.set_key(tag.tag_key.value_or(""));
    row.set_value(tag.tag_value.value_or(""));
  }
  TK_TRY_VOID(read_groups(request, call.services.definitions, made));
  return made;
}

}  // namespace

Result<ClusterPlan> plan_from(const CreateInstanceRequest& request, const Call& call) {
  TK_TRY_VOID(check_account_settings(request));
  TK_TRY_VOID(check_supported(request));
  TK_TRY(const CreateRequest input, read_request(request, call));
  const Services& services = call.services;
  return plan_cluster(services.definitions,
                      services.controller.inventory(),
                      input,
                      services.random,
                      services.clock.wall());
}

}  // namespace tusker::api
