#include "agent/s6.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "agent/safe_folder.h"
#include "base/file.h"

namespace tusker {
namespace {

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

// TAI64N: seconds since 1970 plus 2^62, counted in TAI. s6 is built here without leap seconds, so
// only the constant 10 s differs.
// 0 for what is no time of an epoch near ours: a node may write anything there.
std::int64_t wall_of(std::string_view stamp) {
  constexpr std::uint64_t kEpoch = (1ULL << 62) + 10;
  constexpr std::uint64_t kFarthest = 1ULL << 36;  // seconds: the year 4147
  const std::uint64_t seconds = big_endian(stamp.substr(0, 8)) - kEpoch;
  if (seconds > kFarthest || big_endian(stamp.substr(8, 4)) >= 1'000'000'000) return 0;
  return static_cast<std::int64_t>(seconds) * 1000 +
         static_cast<std::int64_t>(big_endian(stamp.substr(8, 4)) / 1'000'000);
}

// One write to a FIFO that only a living supervisor reads. The folder is a node's: what is there
// may be anything else by now.
Status write_fifo(const std::string& service, std::string_view folder, std::string_view commands) {
  TK_TRY(const UniqueFd below, open_folder_below(service, folder));
  const UniqueFd fifo(
      ::openat(below.get(), "control", O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
  struct stat info {};
  if (!fifo || ::fstat(fifo.get(), &info) != 0 || !S_ISFIFO(info.st_mode)) {
    return Error::make(ErrorCode::NotFound, "{}/{}: no supervisor reads it", service, folder);
  }
  if (::write(fifo.get(), commands.data(), commands.size()) < 0)
    return Error::from_errno(errno, service);
  return ok_status();
}

}  // namespace

std::optional<SupervisedState> parse_supervised(std::string_view status) {
  // 2.11: 35 bytes; from 2.12 on the process group's 8 bytes follow the pid.
  if (status.size() != 35 && status.size() != 43) return std::nullopt;
  SupervisedState state;
  state.since_wall_ms = wall_of(status.substr(0, 12));
  state.pid = static_cast<pid_t>(big_endian(status.substr(24, 8)));
  const auto flags = static_cast<std::uint8_t>(status.back());
  state.finishing = (flags & 2) != 0;
  state.wanted_up = (flags & 4) != 0;
  return state;
}

std::optional<SupervisedState> read_supervised(const std::string& service) {
  const Result<PinnedFolder> folder = PinnedFolder::open(service, "supervise");
  if (!folder.ok()) return std::nullopt;
  const Result<std::string> status = read_node_file(folder->file("status"), 256);
  return status.ok() ? parse_supervised(*status) : std::nullopt;
}

Status command_service(const std::string& service, std::string_view commands) {
  return write_fifo(service, "supervise", commands);
}

Status command_scan(const std::string& scan_folder, std::string_view commands) {
  return write_fifo(scan_folder, ".s6-svscan", commands);
}

}  // namespace tusker
