#include "agent/kept_logs.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "agent/service_scripts.h"
#include "base/file.h"
#include "base/ids.h"

namespace tusker {
namespace {

constexpr std::string_view kOwnerSuffix = ".owner";  // NODE.owner: link.KeptLogs without roles
constexpr std::size_t kMostListed = 1000;
constexpr std::size_t kMostRoles = 64;      // a node may have made folders of its own
constexpr std::size_t kMostEntries = 1000;  // likewise
constexpr std::size_t kMaxOwner = 4096;

constexpr std::int64_t kKeptMs = 7LL * 24 * 3600 * 1000;
constexpr std::uint64_t kKeptBytes = 1ULL << 30;

struct KeptLog {
  std::string path;
  std::int64_t last_written_ms = 0;
  std::uint64_t bytes = 0;
};

KeptLog measure(const std::string& path) {
  KeptLog log{path, 0, 0};
  std::error_code failure;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path, failure)) {
    struct stat info {};
    if (::lstat(entry.path().c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    log.bytes += static_cast<std::uint64_t>(info.st_size);
    log.last_written_ms =
        std::max(log.last_written_ms, static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1000);
  }
  return log;
}

// Newest first.
std::vector<KeptLog> kept_in(const std::string& folder, const std::set<std::string>& alive) {
  std::vector<KeptLog> kept;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
    const std::string name = entry.path().filename().string();
    if (is_node_id(name) && alive.count(name) == 0) kept.push_back(measure(entry.path().string()));
  }
  std::sort(kept.begin(), kept.end(), [](const KeptLog& a, const KeptLog& b) {
    return a.last_written_ms > b.last_written_ms;
  });
  return kept;
}

std::vector<std::string> roles_in(const std::string& path) {
  std::vector<std::string> roles;
  std::error_code failure;
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(path, failure)) {
    if (++seen > kMostEntries || roles.size() == kMostRoles) break;
    const std::string name = entry.path().filename().string();
    if (is_log_name(name) &&
        entry.symlink_status(failure).type() == std::filesystem::file_type::directory)
      roles.push_back(name);
  }
  std::sort(roles.begin(), roles.end());
  return roles;
}

}  // namespace

Status remember_owner(const HostLayout& host, const link::Node& node) {
  link::KeptLogs owner;
  owner.set_node_id(node.id());
  owner.set_cluster_id(node.cluster_id());
  owner.set_name(node.hostname().substr(0, node.hostname().find('.')));
  const std::string path = host.logs(node.id()) + std::string(kOwnerSuffix);
  const std::string bytes = owner.SerializeAsString();
  const Result<std::string> there = read_file(path, kMaxOwner);
  if (there.ok() && *there == bytes) return ok_status();
  return write_file_atomic(path, bytes, 0600);
}

std::optional<link::KeptLogs> owner_of(const std::string& logs) {
  const Result<std::string> bytes = read_file(logs + std::string(kOwnerSuffix), kMaxOwner);
  link::KeptLogs owner;
  if (!bytes.ok() || !owner.ParseFromString(*bytes)) return std::nullopt;
  return owner;
}

std::vector<link::KeptLogs> list_kept_logs(const std::string& folder,
                                           const std::set<std::string>& alive) {
  std::vector<link::KeptLogs> listed;
  for (const KeptLog& log : kept_in(folder, alive)) {
    std::optional<link::KeptLogs> owner = owner_of(log.path);
    if (!owner) continue;
    link::KeptLogs& logs = *owner;
    logs.set_node_id(std::filesystem::path(log.path).filename().string());
    for (std::string& role : roles_in(log.path)) logs.add_roles(std::move(role));
    listed.push_back(std::move(logs));
    if (listed.size() == kMostListed) break;
  }
  return listed;
}

Status prune_kept_logs(const std::string& folder,
                       const std::set<std::string>& alive,
                       WallTime now) {
  const std::vector<KeptLog> kept = kept_in(folder, alive);
  std::uint64_t total = 0;
  for (const KeptLog& log : kept) {
    total += log.bytes;
    if (now.ms - log.last_written_ms <= kKeptMs && total <= kKeptBytes) continue;
    ::unlink((log.path + std::string(kOwnerSuffix)).c_str());
    TK_TRY_VOID(remove_tree(log.path));
  }
  return ok_status();
}

}  // namespace tusker
