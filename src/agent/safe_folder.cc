#include "agent/safe_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace tusker {
namespace {

Result<UniqueFd> open_root(const std::string& root) {
  UniqueFd fd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return Error::from_errno(errno, root);
  return fd;
}

Result<UniqueFd> walk(const std::string& root, std::string_view relative, bool make) {
  TK_TRY(UniqueFd at, open_root(root));
  if (relative.empty()) return at;
  for (const std::string& part : parts_of(relative)) {
    if (make && ::mkdirat(at.get(), part.c_str(), 0755) != 0 && errno != EEXIST) {
      return Error::from_errno(errno, fmt::format("make {}/{}", root, relative));
    }
    UniqueFd next(
        ::openat(at.get(), part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next && errno != ELOOP && errno != ENOTDIR)
      return Error::from_errno(errno, fmt::format("{}/{}", root, relative));
    if (!next) {
      return Error::make(ErrorCode::FailedPrecondition,
                         "{}/{}: expected a folder, found that {} is none or is a link",
                         root,
                         relative,
                         part);
    }
    at = std::move(next);
  }
  return at;
}

}  // namespace

bool is_safe_relative(std::string_view path) {
  if (path.empty() || path.size() > 1024 || path.front() == '/') return false;
  if (std::any_of(
          path.begin(), path.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; }))
    return false;
  const auto parts = parts_of(path);
  return std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
    return !part.empty() && part != "." && part != ".." && part.size() <= 255;
  });
}

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = path.find('/');
    parts.emplace_back(path.substr(0, end));
    if (end == std::string_view::npos) return parts;
    path.remove_prefix(end + 1);
  }
}

Result<UniqueFd> open_folder_below(const std::string& root, std::string_view relative) {
  return walk(root, relative, /*make=*/false);
}

Result<UniqueFd> make_folder_below(const std::string& root, std::string_view relative) {
  return walk(root, relative, /*make=*/true);
}

Result<std::string> read_node_file(const std::string& path, std::size_t limit) {
  // Not blocking: to open a FIFO would wait for a writer.
  const UniqueFd file(
      ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat info {};
  if (!file && errno != ELOOP && errno != ENXIO) return Error::from_errno(errno, path);
  if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
    return Error::make(ErrorCode::FailedPrecondition, "{}: expected a file, found none", path);
  return read_file(fmt::format("/proc/self/fd/{}", file.get()), limit);
}

PinnedFolder::PinnedFolder(UniqueFd fd)
    : fd_(std::move(fd)), path_(fmt::format("/proc/self/fd/{}", fd_.get())) {}

Result<PinnedFolder> PinnedFolder::open(const std::string& root, std::string_view relative) {
  TK_TRY(UniqueFd fd, open_folder_below(root, relative));
  return PinnedFolder(std::move(fd));
}

Result<PinnedFolder> PinnedFolder::make(const std::string& root, std::string_view relative) {
  TK_TRY(UniqueFd fd, make_folder_below(root, relative));
  return PinnedFolder(std::move(fd));
}

}  // namespace tusker
