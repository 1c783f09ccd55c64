#include "agent/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "agent/mounts.h"
#include "agent/safe_folder.h"
#include "agent/seed_archive.h"
#include "proto/link.pb.h"

namespace tusker {
namespace {

constexpr std::uint64_t kMinDisk = 16ULL << 20;  // below it ext4 has no room for a journal

bool is_disk_name(std::string_view name) {
  return !name.empty() && name.size() <= 16 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

Status reserve(int file, const link::Disk& disk, const std::string& path) {
  const auto bytes = static_cast<off_t>(disk.bytes());
  const int failed = disk.thin() ? ::ftruncate(file, bytes) : ::fallocate(file, 0, 0, bytes);
  if (failed == 0) return ok_status();
  if (errno == EOPNOTSUPP) {
    return Error::make(ErrorCode::Unsupported,
                       "{}: this file system cannot reserve space; put the data folder on ext4 or "
                       "xfs, or ask for thin disks",
                       path);
  }
  return Error::from_errno(errno, fmt::format("reserve {} bytes for {}", disk.bytes(), path));
}

// An earlier attempt, by us or by one that was killed, may have left a file; its mkfs may even
// still run. Nobody else writes ours.
void remove_leftovers(const std::string& image) {
  const std::filesystem::path path(image);
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(path.parent_path(), failure)) {
    if (entry.path().filename().string().starts_with(path.filename().string() + ".new"))
      ::unlink(entry.path().c_str());
  }
}

Status make_disk(const std::string& image, const link::Disk& disk, ProcessRunner& runner) {
  remove_leftovers(image);
  std::string temporary = image + ".newXXXXXX";
  const UniqueFd file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file) return Error::from_errno(errno, temporary);
  Status made = reserve(file.get(), disk, image);
  if (made.ok()) {
    // nodiscard: else mkfs gives the reserved blocks back to the host. Lazy: the file reads as
    // zeros already.
    const Result<std::string> formatted =
        runner.output_of({.argv = {"mkfs.ext4",
                                   "-q",
                                   "-F",
                                   "-m",
                                   "0",
                                   "-E",
                                   "nodiscard,lazy_itable_init=1,lazy_journal_init=1",
                                   temporary},
                          .timeout = std::chrono::seconds(120)});
    if (!formatted.ok()) made = formatted.error();
  }
  if (made.ok() && (::fsync(file.get()) != 0 || ::rename(temporary.c_str(), image.c_str()) != 0)) {
    made = Error::from_errno(errno, image);
  }
  if (!made.ok()) ::unlink(temporary.c_str());
  return made;
}

using Seed = std::function<Result<std::string>(const std::string& name)>;

// Complete under another name first; rename makes it visible.
Status make_directory(int parent,
                      const std::string& name,
                      const link::Directory& directory,
                      const ImageUser& user,
                      const Seed& seed) {
  const std::string temporary = ".tusker-new-" + name;
  TK_TRY_VOID(remove_tree(fmt::format("/proc/self/fd/{}/{}", parent, temporary)));
  if (::mkdirat(parent, temporary.c_str(), 0700) != 0)
    return Error::from_errno(errno, directory.path());
  const UniqueFd made(
      ::openat(parent, temporary.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!made) return Error::from_errno(errno, directory.path());
  if (!directory.seed().empty()) {
    TK_TRY(const std::string archive, seed(directory.seed()));
    TK_TRY_VOID(
        unpack_seed(archive, made.get(), user.uid, user.gid).context("seed {}", directory.seed()));
  }
  const mode_t mode = directory.mode() == 0 ? 0755 : static_cast<mode_t>(directory.mode()) & 07777;
  if (::fchown(made.get(), user.uid, user.gid) != 0 || ::fchmod(made.get(), mode) != 0 ||
      ::renameat(parent, temporary.c_str(), parent, name.c_str()) != 0) {
    return Error::from_errno(errno, directory.path());
  }
  return ok_status();
}

Status ensure_directory_on(const std::string& mount,
                           const link::Directory& directory,
                           const ImageUsers& users,
                           const Seed& seed) {
  if (!is_safe_relative(directory.path())) {
    return Error::make(ErrorCode::InvalidArgument,
                       "directory: expected a relative path without .., found '{:.100}'",
                       directory.path());
  }
  const std::size_t slash = directory.path().rfind('/');
  const std::string parent = slash == std::string::npos ? "" : directory.path().substr(0, slash);
  const std::string name = directory.path().substr(slash == std::string::npos ? 0 : slash + 1);
  TK_TRY(const UniqueFd folder, make_folder_below(mount, parent));
  struct stat info {};
  if (::fstatat(folder.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) return ok_status();
  TK_TRY(const ImageUser user, users.find(directory.user().empty() ? "root" : directory.user()));
  return make_directory(folder.get(), name, directory, user, seed);
}

}  // namespace

Status ensure_disk(const NodeLayout& node, const link::Disk& disk, ProcessRunner& runner) {
  if (!is_disk_name(disk.name()) || disk.bytes() < kMinDisk) {
    return Error::make(
        ErrorCode::InvalidArgument,
        "disk: expected a name of [a-z0-9]{{1,16}} and at least {} bytes, found '{:.40}' and {}",
        kMinDisk,
        disk.name(),
        disk.bytes());
  }
  const std::string point = node.disk_mount(disk.name());
  const std::string image = node.disk_image(disk.name());
  TK_TRY(const MountTable table, MountTable::read());
  if (table.is_mount_point(point)) return ok_status();
  TK_TRY_VOID(ensure_directory(node.folder + "/disks", 0700));
  TK_TRY_VOID(ensure_directory(node.folder + "/data", 0755));
  TK_TRY_VOID(ensure_directory(point, 0755));
  if (!path_exists(image)) TK_TRY_VOID(make_disk(image, disk, runner));
  return mount_ext4(image, point);
}

Status ensure_directories(const NodeLayout& node,
                          const link::Disk& disk,
                          const ImageUsers& users,
                          const Seed& seed) {
  for (const link::Directory& directory : disk.directories()) {
    TK_TRY_VOID(ensure_directory_on(node.disk_mount(disk.name()), directory, users, seed)
                    .context("directory {} of disk {}", directory.path(), disk.name()));
  }
  return ok_status();
}

}  // namespace tusker
