#include "agent/rendered_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>

#include "agent/safe_folder.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/file_set.h"
#include "proto/link.pb.h"

namespace tusker {
namespace {

std::string digest_of(const link::File& file) {
  return file.digest().empty() ? "sha256:" + sha256_hex(file.content()) : file.digest();
}

mode_t mode_of(const link::File& file) {
  if (file.mode() == 0) return file.secret() ? 0600 : 0644;
  return static_cast<mode_t>(file.mode()) & 0777;
}

Status check_path(const link::File& file) {
  if (is_safe_relative(file.path())) return ok_status();
  return Error::make(ErrorCode::InvalidArgument,
                     "file: expected a relative path without .., found '{:.100}'",
                     file.path());
}

// Not synced: after a power cut sets are written anew before the node starts.
Status write_below(const std::string& root,
                   const std::string& path,
                   std::string_view content,
                   mode_t mode) {
  const std::size_t slash = path.rfind('/');
  TK_TRY(const UniqueFd folder,
         make_folder_below(root, slash == std::string::npos ? "" : path.substr(0, slash)));
  const std::string name = path.substr(slash == std::string::npos ? 0 : slash + 1);
  const std::string temporary = ".new-" + name;
  ::unlinkat(folder.get(), temporary.c_str(), 0);
  const UniqueFd file(::openat(
      folder.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return Error::from_errno(errno, root + "/" + path);
  TK_TRY_VOID(write_all(file.get(), content, root + "/" + path));
  if (::fchmod(file.get(), mode) != 0 ||
      ::renameat(folder.get(), temporary.c_str(), folder.get(), name.c_str()) != 0) {
    return Error::from_errno(errno, root + "/" + path);
  }
  return ok_status();
}

Result<std::string> content_of(const link::File& file, const ContentSource& source) {
  if (file.digest().empty()) return file.content();
  if (!is_digest(file.digest())) {
    return Error::make(ErrorCode::InvalidArgument,
                       "file {}: expected sha256:…, found '{:.80}'",
                       file.path(),
                       file.digest());
  }
  if (!file.content().empty()) {
    if (digest_of(file) == "sha256:" + sha256_hex(file.content())) return file.content();
    return Error::make(ErrorCode::Corrupt,
                       "file {}: its content has another digest than {}",
                       file.path(),
                       file.digest());
  }
  return source(file.digest());
}

std::string folder_name(const std::string& digest) {
  return digest.substr(digest.find(':') + 1);
}

Status write_set(const NodeLayout& node,
                 const std::string& name,
                 const FileList& files,
                 const ContentSource& source) {
  const std::string unfinished = node.files() + "/sets/.new";
  TK_TRY_VOID(remove_tree(unfinished));
  TK_TRY_VOID(ensure_directory(unfinished, 0755));
  for (const link::File& file : files) {
    if (file.secret()) continue;
    TK_TRY_VOID(check_path(file));
    TK_TRY(const std::string content, content_of(file, source).context("file {}", file.path()));
    TK_TRY_VOID(write_below(unfinished, file.path(), content, mode_of(file)));
  }
  const std::string final_path = node.files() + "/sets/" + name;
  if (::rename(unfinished.c_str(), final_path.c_str()) != 0)
    return Error::from_errno(errno, final_path);
  return ok_status();
}

// Empty if there is no link.
std::string target_of(const std::string& link) {
  char target[256];
  const ssize_t n = ::readlink(link.c_str(), target, sizeof target);
  return n <= 0 ? std::string() : std::string(target, static_cast<std::size_t>(n));
}

// In one step, whatever was there.
Status point(const std::string& folder, const std::string& name, const std::string& target) {
  const std::string link = folder + "/" + name;
  if (target_of(link) == target) return ok_status();
  const std::string next = folder + "/.new-" + name;
  ::unlink(next.c_str());
  if (::symlink(target.c_str(), next.c_str()) != 0 || ::rename(next.c_str(), link.c_str()) != 0)
    return Error::from_errno(errno, link);
  return ok_status();
}

// "sets/<hex>", or empty.
std::string active_target(const NodeLayout& node) {
  return target_of(node.files() + "/active");
}

// `current` has a link for each file or folder at the top of the set in force.
Status link_entries(const NodeLayout& node, const FileList& files) {
  const std::string folder = node.files() + "/current";
  TK_TRY_VOID(ensure_directory(folder, 0755));
  std::set<std::string> names;
  for (const link::File& file : files) {
    if (!file.secret()) names.insert(file.path().substr(0, file.path().find('/')));
  }
  for (const std::string& name : names) TK_TRY_VOID(point(folder, name, "../active/" + name));
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
    if (names.count(entry.path().filename().string()) == 0) ::unlink(entry.path().c_str());
  }
  return ok_status();
}

// A daemon may still read the set before: it stays until the next switch.
Status remove_other_sets(const NodeLayout& node, const std::set<std::string>& kept) {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(node.files() + "/sets", failure)) {
    if (kept.count(entry.path().filename().string()) == 0)
      TK_TRY_VOID(remove_tree(entry.path().string()));
  }
  return ok_status();
}

}  // namespace

std::string files_digest(const FileList& files) {
  FileSet set;
  for (const link::File& file : files) {
    if (!file.secret()) set.files[file.path()] = {mode_of(file), digest_of(file)};
  }
  return set.digest();
}

Result<std::string> ensure_files(const NodeLayout& node,
                                 const FileList& files,
                                 const ContentSource& source) {
  const std::string digest = files_digest(files);
  const std::string name = folder_name(digest);
  const std::string before = active_target(node);
  if (before == "sets/" + name) {
    TK_TRY_VOID(link_entries(node, files));  // cut off in the middle of them, last time
    return digest;
  }
  TK_TRY_VOID(ensure_directory(node.files(), 0755));
  TK_TRY_VOID(ensure_directory(node.files() + "/sets", 0755));
  if (!path_exists(node.files() + "/sets/" + name))
    TK_TRY_VOID(write_set(node, name, files, source));
  TK_TRY_VOID(point(node.files(), "active", "sets/" + name));
  TK_TRY_VOID(link_entries(node, files));
  TK_TRY_VOID(remove_other_sets(node, {name, before.substr(before.find('/') + 1)}));
  return digest;
}

std::string files_in_force(const NodeLayout& node) {
  const std::string target = active_target(node);
  return target.empty() ? "" : "sha256:" + target.substr(target.find('/') + 1);
}

Status clear_files(const NodeLayout& node) {
  if (::unlink((node.files() + "/active").c_str()) != 0 && errno != ENOENT) {
    return Error::from_errno(errno, node.files() + "/active");
  }
  TK_TRY_VOID(remove_tree(node.files() + "/current"));
  return remove_tree(node.files() + "/sets");
}

Status ensure_secrets(const NodeLayout& node, const FileList& files) {
  TK_TRY_VOID(ensure_directory(node.secrets(), 0755));
  std::set<std::string> wanted;
  for (const link::File& file : files) {
    if (!file.secret()) continue;
    TK_TRY_VOID(check_path(file));
    wanted.insert(file.path());
    const Result<std::string> there = read_file(node.secrets() + "/" + file.path());
    if (there.ok() && *there == file.content()) continue;
    TK_TRY_VOID(write_below(node.secrets(), file.path(), file.content(), mode_of(file)));
  }
  std::error_code failure;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(node.secrets(), failure)) {
    const std::string relative =
        std::filesystem::relative(entry.path(), node.secrets(), failure).string();
    if (!entry.is_directory(failure) && wanted.count(relative) == 0) ::unlink(entry.path().c_str());
  }
  return ok_status();
}

}  // namespace tusker
