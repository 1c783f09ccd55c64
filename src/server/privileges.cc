#include "server/privileges.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"

namespace tusker::server {

namespace {

// By descriptors, never by paths: the server's user owns what is in there and could put links in
// the way.
Status own_below(int folder, const std::string& shown, uid_t uid, gid_t gid) {
  UniqueFd listed(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  DIR* const entries = listed ? ::fdopendir(listed.get()) : nullptr;
  if (entries == nullptr) return Error::from_errno(errno, shown);
  listed.release();
  Status status;
  for (const dirent* entry = ::readdir(entries); entry != nullptr && status.ok();
       entry = ::readdir(entries)) {
    const std::string name = entry->d_name;
    struct stat info {};
    if (name == "." || name == ".." ||
        ::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
      continue;
    // A bundle may be linked into several data folders: its bytes are read-only for everybody, its
    // owner stays.
    if (S_ISREG(info.st_mode) && info.st_nlink > 1) continue;
    if ((info.st_uid != uid || info.st_gid != gid) &&
        ::fchownat(folder, name.c_str(), uid, gid, AT_SYMLINK_NOFOLLOW) != 0 && errno != ENOENT) {
      status = Error::from_errno(errno, shown + "/" + name);
    }
    if (!S_ISDIR(info.st_mode)) continue;
    const UniqueFd below(
        ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (below && status.ok()) status = own_below(below.get(), shown + "/" + name, uid, gid);
  }
  ::closedir(entries);
  return status;
}

}  // namespace

Status own_folder(const std::string& folder, uid_t uid, gid_t gid) {
  TK_TRY_VOID(ensure_directory(folder, 0700));
  const UniqueFd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!opened || ::fchown(opened.get(), uid, gid) != 0) return Error::from_errno(errno, folder);
  return own_below(opened.get(), folder, uid, gid);
}

Status drop_privileges(uid_t uid, gid_t gid) {
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return Error::from_errno(errno, "prctl(PR_SET_DUMPABLE)");
  if (::setgroups(0, nullptr) != 0) return Error::from_errno(errno, "setgroups");
  if (::setresgid(gid, gid, gid) != 0) return Error::from_errno(errno, "setresgid");
  if (::setresuid(uid, uid, uid) != 0) return Error::from_errno(errno, "setresuid");
  TK_CHECK(uid == 0 || ::setuid(0) != 0, "privileges came back after they were dropped");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return Error::from_errno(errno, "prctl(PR_SET_NO_NEW_PRIVS)");
  return ok_status();
}

}  // namespace tusker::server
