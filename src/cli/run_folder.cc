#include "cli/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace tusker::cli {

namespace {

constexpr std::string_view kLockName = "/up.pid";

std::optional<pid_t> parse_pid(std::string_view text) {
  pid_t pid = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), pid);
  if (failure != std::errc() || pid <= 0) return std::nullopt;
  return pid;
}

}  // namespace

std::optional<std::string> start_time_of(pid_t pid) {
  const Result<std::string> stat = read_file(fmt::format("/proc/{}/stat", pid), 1 << 16);
  if (!stat.ok()) return std::nullopt;
  // The name in field 2 may have spaces and parentheses of its own; what follows the last ')' does
  // not.
  std::size_t at = stat->rfind(')');
  if (at == std::string::npos) return std::nullopt;
  for (int field = 2; field < 22; ++field) {
    at = stat->find(' ', at + 1);
    if (at == std::string::npos) return std::nullopt;
    if (field == 2 && stat->compare(at + 1, 1, "Z") == 0)
      return std::nullopt;  // ended, not yet reaped
  }
  return stat->substr(at + 1, stat->find(' ', at + 1) - at - 1);
}

Result<UniqueFd> RunFolder::lock() const {
  TK_TRY_VOID(ensure_directory(path_, 0700).context("make the folder for this run"));
  const std::string path = path_ + std::string(kLockName);
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return Error::from_errno(errno, path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      return Error::make(ErrorCode::Busy, "another tusker up holds {}", path);
    return Error::from_errno(errno, path);
  }
  const std::string text = fmt::format("{}\n", ::getpid());
  if (::ftruncate(fd.get(), 0) != 0 ||
      ::pwrite(fd.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    return Error::from_errno(errno, path);
  }
  return fd;
}

Result<std::optional<pid_t>> RunFolder::holder() const {
  const std::string path = path_ + std::string(kLockName);
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && errno == ENOENT) return std::optional<pid_t>();
  if (!fd) return Error::from_errno(errno, path);
  if (::flock(fd.get(), LOCK_SH | LOCK_NB) == 0) return std::optional<pid_t>();
  TK_TRY(const std::string text, read_file(path, 64));
  const std::optional<pid_t> pid = parse_pid(text);
  if (!pid)
    return Error::make(ErrorCode::Busy, "{} is locked, and has no pid in it yet; try again", path);
  return pid;
}

Status RunFolder::record_child(const std::string& name, pid_t pid) const {
  const std::string path = path_ + "/" + name + ".pid";
  const std::string started = path_ + "/" + name + ".started";
  if (pid == 0) {
    for (const std::string& file : {path, started})
      if (::unlink(file.c_str()) != 0 && errno != ENOENT) return Error::from_errno(errno, file);
    return ok_status();
  }
  TK_TRY_VOID(write_file_atomic(started, start_time_of(pid).value_or("0") + "\n", 0600));
  return write_file_atomic(path, fmt::format("{}\n", pid), 0600);
}

std::optional<pid_t> RunFolder::living_child(const std::string& name) const {
  const Result<std::string> text = read_file(path_ + "/" + name + ".pid", 64);
  const Result<std::string> started = read_file(path_ + "/" + name + ".started", 64);
  if (!text.ok() || !started.ok()) return std::nullopt;
  const std::optional<pid_t> pid = parse_pid(*text);
  if (!pid) return std::nullopt;
  return start_time_of(*pid) == started->substr(0, started->find('\n')) ? pid : std::nullopt;
}

}  // namespace tusker::cli
