#include "agent/kept_logs.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "base/file.h"

namespace tusker {
namespace {

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

}  // namespace

Status prune_kept_logs(const std::string& folder,
                       const std::set<std::string>& alive,
                       WallTime now) {
  std::vector<KeptLog> kept;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
    if (alive.count(entry.path().filename().string()) == 0)
      kept.push_back(measure(entry.path().string()));
  }
  std::sort(kept.begin(), kept.end(), [](const KeptLog& a, const KeptLog& b) {
    return a.last_written_ms > b.last_written_ms;
  });
  std::uint64_t total = 0;
  for (const KeptLog& log : kept) {
    total += log.bytes;
    if (now.ms - log.last_written_ms > kKeptMs || total > kKeptBytes)
      TK_TRY_VOID(remove_tree(log.path));
  }
  return ok_status();
}

}  // namespace tusker
