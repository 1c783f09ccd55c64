#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"

namespace tusker::cli {

// DATA/run: who runs this installation now. Only root writes here.
//
// A lock says whether `tusker up` lives; the kernel lets go of it whatever ended the process. The
// children's pids are kept beside it, one in a file as everybody expects, and their start times in
// other files, since a pid alone may belong to somebody else by now.
class RunFolder final {
 public:
  explicit RunFolder(const std::string& data) : path_(data + "/run") {}

  // Takes the lock for as long as the descriptor is open and writes our pid. Busy: another `up` has
  // it.
  Result<UniqueFd> lock() const;
  // The pid of the `up` that holds the lock; nothing if nobody does.
  Result<std::optional<pid_t>> holder() const;

  // The child runs as this pid. Forgotten with pid 0.
  Status record_child(const std::string& name, pid_t pid) const;
  // A recorded child that still lives: its `up` was killed without warning.
  std::optional<pid_t> living_child(const std::string& name) const;

  // Where a child's last words go, and where `up --detach` writes.
  std::string error_path(const std::string& name) const { return path_ + "/" + name + ".err"; }
  std::string log_path(const std::string& name) const { return path_ + "/" + name + ".log"; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// When a process started, in clock ticks since boot (field 22 of proc(5) stat); nothing if there is
// none of that pid.
std::optional<std::string> start_time_of(pid_t pid);

}  // namespace tusker::cli
