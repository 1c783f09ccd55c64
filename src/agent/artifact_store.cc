#include "agent/artifact_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "agent/mounts.h"
#include "base/encoding.h"
#include "base/file.h"

namespace tusker {
namespace {

constexpr std::size_t kMaxContent = 16 << 20;

Status check_size(const std::string& path, const std::string& digest, std::uint64_t size) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return Error::from_errno(errno, path);
  if (size == 0 || static_cast<std::uint64_t>(info.st_size) == size) return ok_status();
  return Error::make(
      ErrorCode::Corrupt, "{}: expected {} bytes, found {}", digest, size, info.st_size);
}

}  // namespace

Status ArtifactStore::ensure(const Artifact& artifact) {
  if (!is_digest(artifact.digest)) {
    return Error::make(
        ErrorCode::InvalidArgument, "artifact: expected sha256:…, found '{:.80}'", artifact.digest);
  }
  if (is_present(artifact)) return ok_status();
  const std::lock_guard lock(work_);
  if (!path_exists(host_.blob(artifact.digest))) TK_TRY_VOID(fetch(artifact.digest, artifact.size));
  if (artifact.kind == ArtifactKind::Plain) return ok_status();
  return ensure_mounted(artifact.digest);
}

Status ArtifactStore::fetch(const std::string& digest, std::uint64_t size) {
  TK_TRY_VOID(ensure_directory(host_.folder + "/blobs", 0700));
  const std::string final_path = host_.blob(digest);
  // Two that fetch the same do not write into each other's file; what a crash leaves is removed at
  // the next start.
  const std::string partial = fmt::format("{}.part{}", final_path, ::gettid());
  const UniqueFd file(::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return Error::from_errno(errno, partial);

  Status fetched = source_.fetch(digest, file.get(), [&](std::uint64_t done) {
    const std::lock_guard lock(mutex_);
    progress_[digest] = done;
  });
  {
    const std::lock_guard lock(mutex_);
    progress_.erase(digest);
  }
  if (fetched.ok()) fetched = check_size(partial, digest, size);
  if (fetched.ok()) {
    TK_TRY(const std::string found, sha256_hex_of_file(partial));
    if ("sha256:" + found != digest) {
      fetched = Error::make(
          ErrorCode::Corrupt,
          "the server's copy is damaged (its digest is sha256:{}); remove it from the server's "
          "folder of blobs and make it again: tusker bundle build",
          found.substr(0, 12));
    }
  }
  if (!fetched.ok()) {
    ::unlink(partial.c_str());
    return std::move(fetched).context("fetch {}", digest);
  }
  // 0444: an archive of classes is mapped by daemons that are not root in their nodes.
  if (::fchmod(file.get(), 0444) != 0 || ::fsync(file.get()) != 0 ||
      ::rename(partial.c_str(), final_path.c_str()) != 0) {
    return Error::from_errno(errno, final_path);
  }
  return ok_status();
}

Status ArtifactStore::ensure_mounted(const std::string& digest) {
  const std::string point = host_.artifact_mount(digest);
  TK_TRY(const MountTable table, MountTable::read());
  if (table.is_mount_point(point)) return ok_status();
  TK_TRY_VOID(ensure_directory(host_.folder + "/mounts", 0755));
  TK_TRY_VOID(ensure_directory(point, 0755));
  return mount_squashfs(host_.blob(digest), point);
}

Status ArtifactStore::remove_partial() {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(host_.folder + "/blobs", failure)) {
    if (entry.path().extension().string().starts_with(".part")) ::unlink(entry.path().c_str());
  }
  return ok_status();
}

Result<std::string> ArtifactStore::content(const std::string& digest) {
  if (!is_digest(digest)) {
    return Error::make(
        ErrorCode::InvalidArgument, "file: expected sha256:…, found '{:.80}'", digest);
  }
  // Not behind work_: a running node's new configuration does not wait for another one's image.
  if (!path_exists(host_.blob(digest))) TK_TRY_VOID(fetch(digest, 0));
  return read_file(host_.blob(digest), kMaxContent);
}

bool ArtifactStore::is_present(const Artifact& artifact) const {
  if (!is_digest(artifact.digest)) return false;
  if (artifact.kind == ArtifactKind::Plain) return path_exists(host_.blob(artifact.digest));
  // A mounted folder lies on another device than its parent: one call instead of the whole mount
  // table.
  struct stat here {};
  struct stat parent {};
  const std::string point = host_.artifact_mount(artifact.digest);
  return ::stat(point.c_str(), &here) == 0 &&
         ::stat((host_.folder + "/mounts").c_str(), &parent) == 0 && here.st_dev != parent.st_dev;
}

std::uint64_t ArtifactStore::progress(const std::string& digest) const {
  const std::lock_guard lock(mutex_);
  const auto at = progress_.find(digest);
  return at == progress_.end() ? 0 : at->second;
}

std::string ArtifactStore::path(const Artifact& artifact) const {
  return artifact.kind == ArtifactKind::Plain ? host_.blob(artifact.digest)
                                              : host_.artifact_mount(artifact.digest);
}

}  // namespace tusker
