#include "api/group_input.h"

#include "api/errors.h"
#include "api/generated/error_codes.h"
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
constexpr std::int64_t kMaxDisks = 15;

Status in_range(const GroupInput& group,
                std::string_view what,
                std::int64_t number,
                std::int64_t least,
                std::int64_t most,
                std::string_view api_code) {
  if (number >= least && number <= most) return ok_status();
  return api_error(
      api_code, "{}: {} is {}; expected {} to {}", group.path, what, number, least, most);
}

Status read_disks(const GroupInput& group, GroupRequest& made) {
  for (const DiskInput& disk : group.disks) {
    TK_TRY_VOID(in_range(group,
                         "the size of a data disk in GB",
                         disk.gigabytes,
                         1,
                         kMaxDiskGb,
                         code::kInvalidParameter_InvalidDiskSize));
    TK_TRY_VOID(in_range(group,
                         "the number of further data disks of one kind",
                         disk.count,
                         0,
                         kMaxDisks - made.spec.disk_bytes_size(),
                         code::kInvalidParameter_InvalidDiskNum));
    for (std::int64_t i = 0; i < disk.count; ++i) {
      made.spec.add_disk_bytes(static_cast<std::uint64_t>(disk.gigabytes) * kGiB);
      made.asked.add_disk_types(disk.type);
    }
  }
  return ok_status();
}

Status read_sizes(const GroupInput& group, const Definitions& definitions, store::NodeSpec& spec) {
  constexpr std::string_view kCode = code::kInvalidParameter_InvalidResourceSpec;
  TK_TRY_VOID(in_range(group, "Cpu", group.cpus, 0, kMaxCpus, kCode));
  TK_TRY_VOID(in_range(group, "MemSize", group.memory_mb, 0, kMaxMemoryMb, kCode));
  TK_TRY_VOID(in_range(
      group, "the size of the system disk in GB", group.root_gigabytes, 0, kMaxDiskGb, kCode));
  // A machine type of the cloud that is not offered here may come with its sizes, and then those
  // count.
  const bool sized = group.cpus > 0 && group.memory_mb > 0;
  if (!group.instance_type.empty() && (!sized || find_spec(definitions, group.instance_type).ok()))
    spec.set_instance_type(group.instance_type);
  spec.set_cpus(static_cast<std::uint32_t>(group.cpus));
  spec.set_memory_bytes(static_cast<std::uint64_t>(group.memory_mb) * kMiB);
  spec.set_disk_type(group.disk_type);
  spec.set_root_bytes(static_cast<std::uint64_t>(group.root_gigabytes) * kGiB);
  return ok_status();
}

Result<GroupRequest> read_group(const GroupInput& group, const Definitions& definitions) {
  if (!group.specified) {
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
  made.asked.set_spec(group.spec);
  made.asked.set_storage_type(group.storage_type);
  made.asked.set_instance_type(group.instance_type);
  return made;
}

}  // namespace

Status add_groups(const std::vector<GroupInput>& groups,
                  const Definitions& definitions,
                  CreateRequest& into) {
  for (const GroupInput& group : groups) {
    TK_TRY_VOID(in_range(group,
                         "the count of nodes",
                         group.count,
                         0,
                         kMaxCount,
                         code::kInvalidParameter_InvalidResourceSpec));
    if (group.count == 0) continue;
    TK_TRY(GroupRequest made, read_group(group, definitions));
    into.groups.emplace(group.type, std::move(made));
  }
  return ok_status();
}

}  // namespace tusker::api
