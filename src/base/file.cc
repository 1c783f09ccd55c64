#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace tusker {

void UniqueFd::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  // Not waiting for a writer, should somebody have put a FIFO there.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return Error::from_errno(errno, path);
  std::string out;
  char block[1 << 14];
  for (;;) {
    const ssize_t n = ::read(fd.get(), block, sizeof block);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Error::from_errno(errno, path);
    if (n == 0) return out;
    out.append(block, static_cast<std::size_t>(n));
    if (out.size() > limit) {
      return Error::make(ErrorCode::ResourceExhausted, "{}: larger than {} bytes", path, limit);
    }
  }
}

Result<Pipe> make_pipe() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) return Error::from_errno(errno, "pipe");
  return Pipe{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Status write_all(int fd, std::string_view content, std::string_view name) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Error::from_errno(errno, name);
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  return ok_status();
}

namespace {

Status sync_parent(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const UniqueFd dir(
      ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!dir || ::fsync(dir.get()) != 0) return Error::from_errno(errno, parent);
  return ok_status();
}

}  // namespace

Status write_file_atomic(const std::string& path, std::string_view content, mode_t mode) {
  // mkostemp makes the name unguessable and the mode 0600 until the content is in place.
  std::string temporary = path + ".XXXXXX";
  const UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) return Error::from_errno(errno, temporary);
  Status written = write_all(fd.get(), content, temporary);
  if (written.ok() && (::fchmod(fd.get(), mode) != 0 || ::fsync(fd.get()) != 0 ||
                       ::rename(temporary.c_str(), path.c_str()) != 0)) {
    written = Error::from_errno(errno, path);
  }
  if (!written.ok()) {
    ::unlink(temporary.c_str());
    return written;
  }
  return sync_parent(path);
}

Status ensure_directory(const std::string& path, mode_t mode) {
  std::error_code failure;
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  if (!parent.empty()) {
    std::filesystem::create_directories(parent, failure);
    if (failure) return Error::from_errno(failure.value(), parent.string());
  }
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return Error::from_errno(errno, path);
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return Error::from_errno(errno, path);
  if (!S_ISDIR(info.st_mode)) return Error::from_errno(ENOTDIR, path);
  if ((info.st_mode & 07777) != mode && ::chmod(path.c_str(), mode) != 0) {
    return Error::from_errno(errno, path);
  }
  return ok_status();
}

namespace {

// Works on descriptors, so that a directory swapped for a link meanwhile leads nowhere.
Status remove_entry(int parent, const char* name, dev_t device, const std::string& shown) {
  struct stat info {};
  if (::fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno == ENOENT ? ok_status() : Status(Error::from_errno(errno, shown));
  }
  if (!S_ISDIR(info.st_mode)) {
    if (::unlinkat(parent, name, 0) != 0 && errno != ENOENT) return Error::from_errno(errno, shown);
    return ok_status();
  }
  if (info.st_dev != device) {
    return Error::make(
        ErrorCode::FailedPrecondition, "{}: still a mount point; not removed", shown);
  }
  UniqueFd fd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return Error::from_errno(errno, shown);
  DIR* stream = ::fdopendir(fd.release());
  if (stream == nullptr) return Error::from_errno(errno, shown);
  Status status = ok_status();
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view child = entry->d_name;
    if (child == "." || child == "..") continue;
    Status removed =
        remove_entry(::dirfd(stream), entry->d_name, device, shown + "/" + entry->d_name);
    if (!removed.ok() && status.ok()) status = std::move(removed);
  }
  ::closedir(stream);
  if (!status.ok()) return status;
  if (::unlinkat(parent, name, AT_REMOVEDIR) != 0 && errno != ENOENT) {
    return Error::from_errno(errno, shown);
  }
  return ok_status();
}

}  // namespace

Status remove_tree(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) {
    return errno == ENOENT ? ok_status() : Status(Error::from_errno(errno, path));
  }
  return remove_entry(AT_FDCWD, path.c_str(), info.st_dev, path);
}

bool path_exists(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

}  // namespace tusker
