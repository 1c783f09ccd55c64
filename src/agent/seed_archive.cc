#include "agent/seed_archive.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "agent/safe_folder.h"
#include "base/file.h"
#include "base/ustar_header.h"

namespace tusker {
namespace {

constexpr std::size_t kMaxEntries = 10'000;

Error corrupt(std::string_view what) {
  return Error::make(ErrorCode::Corrupt, "seed archive: {}", what);
}

Result<SeedEntry> entry_of(const UstarHeader& header) {
  SeedEntry entry;
  entry.path = header.path;
  if (entry.path.starts_with("./")) entry.path.erase(0, 2);
  if (entry.path.ends_with('/')) entry.path.pop_back();
  entry.folder = header.type == '5';
  if (header.type != '0' && !entry.folder) {
    return Error::make(ErrorCode::PermissionDenied,
                       "seed archive: '{:.100}' has type '{}'; only files and folders are unpacked",
                       entry.path,
                       header.type);
  }
  entry.mode = static_cast<mode_t>(header.mode) & 0777;
  const bool is_top = entry.folder && (entry.path.empty() || entry.path == ".");
  if (!is_top && !is_safe_relative(entry.path)) {
    return Error::make(ErrorCode::PermissionDenied,
                       "seed archive: '{:.100}' is no relative path inside it",
                       entry.path);
  }
  if (is_top) entry.path.clear();
  return entry;
}

Status write_entry(const SeedEntry& entry, int folder, uid_t uid, gid_t gid) {
  if (entry.folder && ::mkdirat(folder, entry.path.c_str(), 0700) != 0 && errno != EEXIST) {
    return Error::from_errno(errno, "seed: " + entry.path);
  }
  // O_NOFOLLOW covers the last part; the ones before were made by us in a folder that nobody else
  // can reach yet.
  const int flags = entry.folder ? O_RDONLY | O_DIRECTORY : O_WRONLY | O_CREAT | O_EXCL;
  const UniqueFd fd(::openat(folder, entry.path.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return Error::from_errno(errno, "seed: " + entry.path);
  TK_TRY_VOID(write_all(fd.get(), entry.content, "seed: " + entry.path));
  if (::fchown(fd.get(), uid, gid) != 0 || ::fchmod(fd.get(), entry.mode) != 0 ||
      ::fsync(fd.get()) != 0) {
    return Error::from_errno(errno, "seed: " + entry.path);
  }
  return ok_status();
}

}  // namespace

Result<std::vector<SeedEntry>> read_seed(std::string_view archive) {
  std::vector<SeedEntry> entries;
  while (!archive.empty()) {
    const Result<UstarHeader> header = read_ustar_header(archive.substr(0, kUstarBlock));
    if (!header.ok() && header.error().code() == ErrorCode::NotFound) return entries;
    if (!header.ok()) return corrupt(header.error().message());
    TK_TRY(SeedEntry entry, entry_of(*header));
    archive.remove_prefix(kUstarBlock);
    const std::uint64_t padded = header->size + ustar_padding(header->size);
    if (archive.size() < padded) return corrupt("it is cut");
    entry.content = archive.substr(0, entry.folder ? 0 : static_cast<std::size_t>(header->size));
    archive.remove_prefix(static_cast<std::size_t>(padded));
    if (!entry.path.empty()) entries.push_back(std::move(entry));
    if (entries.size() > kMaxEntries) {
      return Error::make(
          ErrorCode::ResourceExhausted, "seed archive: more than {} entries", kMaxEntries);
    }
  }
  return corrupt("it ends without an end mark");
}

Status unpack_seed(std::string_view archive, int folder, uid_t uid, gid_t gid) {
  TK_TRY(const std::vector<SeedEntry> entries, read_seed(archive));
  for (const SeedEntry& entry : entries) TK_TRY_VOID(write_entry(entry, folder, uid, gid));
  return ok_status();
}

}  // namespace tusker
