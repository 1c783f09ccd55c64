#include "agent/desired_cache.h"

#include <utility>

#include "base/file.h"

namespace tusker {

Status save_desired(const HostLayout& host, const link::Desired& desired) {
  return write_file_atomic(host.desired_file(), desired.SerializeAsString(), 0600);
}

Result<std::optional<link::Desired>> load_desired(const HostLayout& host) {
  if (!path_exists(host.desired_file())) return std::optional<link::Desired>();
  TK_TRY(const std::string bytes, read_file(host.desired_file()));
  link::Desired desired;
  if (!desired.ParseFromString(bytes)) {
    return Error::make(
        ErrorCode::Corrupt,
        "{}: expected a saved desired state, found other bytes; the server sends it again",
        host.desired_file());
  }
  return std::optional<link::Desired>(std::move(desired));
}

bool is_older(const link::Generation& a, const link::Generation& b) {
  return std::pair(a.epoch(), a.commit()) < std::pair(b.epoch(), b.commit());
}

}  // namespace tusker
