#include "agent/cgroups.h"

#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>

#include "agent/mounts.h"
#include "base/file.h"

namespace tusker {
namespace {

constexpr char kRoot[] = "/sys/fs/cgroup";

std::uint64_t number_in(const std::string& path) {
  const Result<std::string> text = read_file(path, 4096);
  std::uint64_t value = 0;
  if (text.ok()) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

// "name value" lines, as in memory.stat.
std::uint64_t field_in(const std::string& path, std::string_view name) {
  const Result<std::string> text = read_file(path, 1 << 16);
  if (!text.ok()) return 0;
  const std::string needle = "\n" + std::string(name) + " ";
  const std::string padded = "\n" + *text;
  const std::size_t at = padded.find(needle);
  std::uint64_t value = 0;
  if (at != std::string::npos)
    std::from_chars(padded.data() + at + needle.size(), padded.data() + padded.size(), value);
  return value;
}

std::string memory_folder(const std::string& cgroup) {
  return std::string(kRoot) + (cgroup_version() == 2 ? "" : "/memory") + cgroup;
}

Status remove_folder(const std::string& folder) {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
    if (entry.is_directory(failure)) TK_TRY_VOID(remove_folder(entry.path().string()));
  }
  // The kernel may need a moment after the last process went.
  for (int attempt = 0;; ++attempt) {
    if (::rmdir(folder.c_str()) == 0 || errno == ENOENT) return ok_status();
    if (errno != EBUSY || attempt == 100) return Error::from_errno(errno, folder);
    ::usleep(10'000);
  }
}

}  // namespace

int cgroup_version() {
  struct statfs info {};
  return ::statfs(kRoot, &info) == 0 && info.f_type == CGROUP2_SUPER_MAGIC ? 2 : 1;
}

std::vector<std::string> cgroup_folders(const std::string& cgroup) {
  std::vector<std::string> folders;
  const Result<MountTable> table = MountTable::read();
  if (!table.ok()) return folders;
  for (const MountTable::Entry& entry : table->entries()) {
    if (entry.type != "cgroup" && entry.type != "cgroup2") continue;
    std::string folder = entry.point + cgroup;
    if (path_exists(folder) && std::find(folders.begin(), folders.end(), folder) == folders.end()) {
      folders.push_back(std::move(folder));
    }
  }
  return folders;
}

std::uint64_t memory_used(const std::string& cgroup) {
  const std::string folder = memory_folder(cgroup);
  const bool unified = cgroup_version() == 2;
  const std::uint64_t all =
      number_in(folder + (unified ? "/memory.current" : "/memory.usage_in_bytes"));
  const std::uint64_t droppable =
      field_in(folder + "/memory.stat", unified ? "inactive_file" : "total_inactive_file");
  return all > droppable ? all - droppable : 0;
}

std::vector<pid_t> processes_of(const std::string& cgroup) {
  std::vector<pid_t> pids;
  const Result<std::string> text = read_file(memory_folder(cgroup) + "/cgroup.procs", 1 << 20);
  if (!text.ok()) return pids;
  const char* at = text->data();
  const char* end = at + text->size();
  while (at < end) {
    pid_t pid = 0;
    const auto [next, failure] = std::from_chars(at, end, pid);
    if (failure != std::errc()) break;
    pids.push_back(pid);
    at = next + 1;
  }
  return pids;
}

std::uint64_t memory_kills(const std::string& cgroup) {
  const bool unified = cgroup_version() == 2;
  return field_in(memory_folder(cgroup) + (unified ? "/memory.events" : "/memory.oom_control"),
                  "oom_kill");
}

bool swap_can_be_limited() {
  return cgroup_version() == 2 ||
         path_exists(std::string(kRoot) + "/memory/memory.memsw.limit_in_bytes");
}

Status remove_cgroup(const std::string& cgroup) {
  for (const std::string& folder : cgroup_folders(cgroup)) TK_TRY_VOID(remove_folder(folder));
  return ok_status();
}

}  // namespace tusker
