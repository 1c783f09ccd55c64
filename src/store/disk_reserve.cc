#include "store/disk_reserve.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/file.h"

namespace tusker {

Result<std::uint64_t> DiskReserve::free_bytes() const {
  const std::string folder = std::filesystem::path(path_).parent_path().string();
  struct statvfs info {};
  if (::statvfs(folder.c_str(), &info) != 0) return Error::from_errno(errno, folder);
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

Result<bool> DiskReserve::ensure_held() {
  if (held_) return true;
  struct stat info {};
  const bool whole = ::stat(path_.c_str(), &info) == 0 &&
                     static_cast<std::uint64_t>(info.st_blocks) * 512 >= bytes_;
  if (!whole) {
    TK_TRY(const std::uint64_t free, free_bytes());
    if (free < 2 * bytes_) return false;
    const UniqueFd fd(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) return Error::from_errno(errno, path_);
    const int failure = ::posix_fallocate(fd.get(), 0, static_cast<off_t>(bytes_));
    if (failure == ENOSPC) {
      release();
      return false;
    }
    if (failure != 0) return Error::from_errno(failure, path_);
  }
  held_ = true;
  return true;
}

void DiskReserve::release() {
  ::unlink(path_.c_str());
  held_ = false;
}

}  // namespace tusker
