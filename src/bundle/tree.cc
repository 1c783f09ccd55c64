#include "bundle/tree.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "base/file.h"

namespace tusker {
namespace {

namespace fs = std::filesystem;

std::string_view without_slash(std::string_view path) {
  return path.substr(std::min(path.find_first_not_of('/'), path.size()));
}

bool lies_in(const fs::path& folder, const fs::path& root) {
  const std::string inner = folder.string() + "/";
  return inner.starts_with(root.string() + "/");
}

// A folder that is there keeps its mode.
Status ensure_parent(const std::string& path) {
  const std::string folder = fs::path(path).parent_path();
  return path_exists(folder) ? ok_status() : ensure_directory(folder, 0755);
}

}  // namespace

Result<std::string> Tree::place(std::string_view path) const {
  const std::string full = root_ + "/" + std::string(without_slash(path));
  std::error_code error;
  const fs::path root = fs::canonical(root_, error);
  if (error) return Error::from_errno(error.value(), root_);
  const fs::path folder = fs::weakly_canonical(fs::path(full).parent_path(), error);
  if (error) return Error::from_errno(error.value(), full);
  if (!lies_in(folder, root)) {
    return Error::make(
        ErrorCode::FailedPrecondition, "{} leads out of {}, to {}", path, root_, folder.string());
  }
  return (folder / fs::path(full).filename()).string();
}

Status Tree::make_directory(std::string_view path, mode_t mode) const {
  TK_TRY(const std::string full, place(path));
  return ensure_directory(full, mode);
}

Status Tree::write(std::string_view path, const BundleFile& file) const {
  TK_TRY(const std::string full, place(path));
  TK_TRY_VOID(ensure_parent(full));
  std::error_code error;
  fs::remove(full, error);  // never through a link
  const UniqueFd fd(
      ::open(full.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return Error::from_errno(errno, full);
  TK_TRY_VOID(write_all(fd.get(), file.content, full));
  if (::fchmod(fd.get(), file.mode) != 0) return Error::from_errno(errno, full);
  return ok_status();
}

Status Tree::link(std::string_view path, std::string_view target) const {
  TK_TRY(const std::string full, place(path));
  TK_TRY_VOID(ensure_parent(full));
  std::error_code error;
  fs::remove(full, error);
  if (::symlink(std::string(target).c_str(), full.c_str()) != 0)
    return Error::from_errno(errno, full);
  return ok_status();
}

Status Tree::append(std::string_view path, std::string_view text) const {
  TK_TRY(const std::string full, place(path));
  const UniqueFd fd(::open(full.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC));
  if (!fd || ::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return Error::from_errno(errno, full);
  }
  return ok_status();
}

Status Tree::move_in(const std::string& from, std::string_view path) const {
  TK_TRY(const std::string full, place(path));
  TK_TRY_VOID(ensure_parent(full));
  if (::rename(from.c_str(), full.c_str()) != 0) return Error::from_errno(errno, full);
  if (::chmod(full.c_str(), 0644) != 0) return Error::from_errno(errno, full);
  return ok_status();
}

Status Tree::move_folder_in(const std::string& from, std::string_view path) const {
  TK_TRY(const std::string full, place(path));
  TK_TRY_VOID(ensure_parent(full));
  if (::rename(from.c_str(), full.c_str()) != 0) return Error::from_errno(errno, full);
  return ok_status();
}

Status Tree::remove_matching(std::string_view pattern) const {
  glob_t found{};
  const std::string full = root_ + "/" + std::string(without_slash(pattern));
  const int result = ::glob(full.c_str(), GLOB_NOSORT | GLOB_PERIOD, nullptr, &found);
  std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (result != 0 && result != GLOB_NOMATCH)
    return Error::make(ErrorCode::Internal, "cannot list {}", full);
  for (const std::string& path : paths) {
    const std::string name = fs::path(path).filename();
    if (name == "." || name == "..") continue;
    TK_TRY(const std::string checked, place(path.substr(root_.size())));
    TK_TRY_VOID(remove_tree(checked));
  }
  return ok_status();
}

Result<std::string> Tree::read(std::string_view path) const {
  TK_TRY(const std::string full, place(path));
  std::error_code error;
  const fs::path root = fs::canonical(root_, error);
  const fs::path target = fs::canonical(full, error);
  if (error) return Error::from_errno(error.value(), full);
  if (!lies_in(target, root)) {
    return Error::make(
        ErrorCode::FailedPrecondition, "{} leads out of {}, to {}", path, root_, target.string());
  }
  return read_file(target);
}

Status Tree::normalise_modes() const {
  std::error_code error;
  for (auto at = fs::recursive_directory_iterator(root_, error);
       !error && at != fs::recursive_directory_iterator();
       at.increment(error)) {
    struct stat status {};
    const char* path = at->path().c_str();
    if (::lstat(path, &status) != 0) return Error::from_errno(errno, path);
    if (S_ISLNK(status.st_mode)) continue;
    const bool runs = S_ISDIR(status.st_mode) || (status.st_mode & S_IXUSR) != 0;
    if (::chmod(path, runs ? 0755 : 0644) != 0) return Error::from_errno(errno, path);
  }
  if (error) return Error::from_errno(error.value(), root_);
  if (::chmod(root_.c_str(), 0755) != 0) return Error::from_errno(errno, root_);
  return ok_status();
}

std::uint64_t Tree::size() const {
  std::uint64_t total = 0;
  std::error_code error;
  for (auto at = fs::recursive_directory_iterator(
           root_, fs::directory_options::skip_permission_denied, error);
       !error && at != fs::recursive_directory_iterator();
       at.increment(error)) {
    std::error_code ignored;  // files come and go
    if (at->is_regular_file(ignored) && !at->is_symlink(ignored)) {
      const auto size = at->file_size(ignored);
      if (!ignored) total += size;
    }
  }
  return total;
}

}  // namespace tusker
