#include "agent/orphans.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>

#include "agent/cgroups.h"
#include "agent/kept_logs.h"

namespace tusker {
namespace {

constexpr std::uint64_t kBlock = 512;  // what st_blocks counts in

// What its disk images take, which for a thin one is less than their size.
std::uint64_t disk_bytes_of(const std::string& folder) {
  std::uint64_t bytes = 0;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
    struct stat info {};
    if (::lstat(entry.path().c_str(), &info) == 0 && S_ISREG(info.st_mode))
      bytes += static_cast<std::uint64_t>(info.st_blocks) * kBlock;
  }
  return bytes;
}

// 0: the file system keeps no such time.
std::int64_t made_wall_ms(const std::string& folder) {
  struct statx info {};
  if (::statx(AT_FDCWD, folder.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BTIME, &info) != 0) return 0;
  if ((info.stx_mask & STATX_BTIME) == 0) return 0;
  return static_cast<std::int64_t>(info.stx_btime.tv_sec) * 1000;
}

}  // namespace

link::Orphan look_at_orphan(const HostLayout& host, const std::string& id) {
  const NodeLayout node(host, id);
  link::Orphan orphan;
  orphan.set_node_id(id);
  if (const std::optional<link::KeptLogs> owner = owner_of(node.logs)) {
    orphan.set_cluster_id(owner->cluster_id());
    orphan.set_name(owner->name());
  }
  orphan.set_disk_bytes(disk_bytes_of(node.folder + "/disks"));
  orphan.set_made_wall_ms(made_wall_ms(node.folder));
  orphan.set_running(!processes_of(node.cgroup).empty());
  return orphan;
}

}  // namespace tusker
