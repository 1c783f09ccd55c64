#include "bundle/workspace.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/encoding.h"
#include "bundle/index.h"

namespace tusker {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kScratchPrefix = "scratch-";

// Removes what a killed build could not. Whatever cannot be removed is in nobody's way.
void remove_leftovers(const std::string& work, const std::string& incoming) {
  std::error_code error;
  fs::remove(incoming, error);
  for (const auto& entry : fs::directory_iterator(work, error)) {
    if (entry.path().filename().string().starts_with(kScratchPrefix))
      (void)remove_tree(entry.path());
  }
}

Status sync_path(const std::string& path, int flags) {
  const UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return Error::from_errno(errno, path);
  return ok_status();
}

}  // namespace

Result<ScratchFolder> ScratchFolder::make(const std::string& parent) {
  std::string path = parent + "/" + std::string(kScratchPrefix) + "XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return Error::from_errno(errno, path);
  return ScratchFolder(std::move(path));
}

ScratchFolder::~ScratchFolder() {
  if (!path_.empty()) (void)remove_tree(path_);  // what is left is removed by the next build
}

Result<Workspace> Workspace::open(const std::string& given, const std::string& work) {
  // The tools that fill it work in folders of their own.
  const std::string blobs = fs::absolute(given);
  TK_TRY_VOID(ensure_directory(blobs, 0755));
  const std::string place = work.empty() ? blobs + "/.work" : fs::absolute(work).string();
  TK_TRY_VOID(ensure_directory(place, 0700));
  const std::string path = blobs + "/.lock";
  UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock) return Error::from_errno(errno, path);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Error::from_errno(errno, path);
    return Error::make(ErrorCode::Busy, "another build works on {}; wait for it to end", blobs);
  }
  Workspace workspace(blobs, place, std::move(lock));
  remove_leftovers(place, workspace.incoming());
  return workspace;
}

Workspace::~Workspace() {
  if (lock_) ::unlink(incoming().c_str());
}

Result<Workspace::Blob> Workspace::adopt_incoming(std::string_view expected) const {
  const std::string path = incoming();
  if (::chmod(path.c_str(), 0644) != 0) return Error::from_errno(errno, path);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return Error::from_errno(errno, path);
  TK_TRY(const std::string hex, sha256_hex_of_file(path));
  if (!expected.empty() && "sha256:" + hex != expected) {
    return Error::make(
        ErrorCode::Corrupt, "expected the bytes of {}, found those of sha256:{}", expected, hex);
  }
  TK_TRY_VOID(sync_path(path, O_RDONLY));
  Blob blob{"sha256:" + hex, static_cast<std::uint64_t>(status.st_size)};
  const std::string target = blob_path(blobs_, blob.digest);
  if (::rename(path.c_str(), target.c_str()) != 0) return Error::from_errno(errno, target);
  TK_TRY_VOID(sync_path(blobs_, O_RDONLY | O_DIRECTORY));
  return blob;
}

}  // namespace tusker
