#pragma once

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <string>

#include "agent/safe_folder.h"
#include "base/file.h"
#include "base/result.h"

namespace tusker {

// A role's log as s6-log keeps it: the file `current`, and older ones "@TIMESTAMP.s" that it makes
// of it when it is full. Read from some lines before the end on, over any number of such rotations.
//
// The folder is a node's, which may put anything there: only plain files are read, no link is
// followed, and at most 16 files are held open. Blocks; one thread at a time, any thread.
class RoleLog {
 public:
  // `node_logs` is the node's folder of logs, `role` was checked with is_role_name(). Begins so
  // many lines before the end, as far as the last 256 MiB hold them. NotFound: the role has
  // written nothing yet, and its folder is not there.
  static Result<RoleLog> open(const std::string& node_logs,
                              const std::string& role,
                              std::uint64_t lines);

  // What comes next, at most `limit` bytes; empty when that is all for now.
  Result<std::string> read(std::size_t limit);

  // Whether a file was removed before it was read, since the last call: rotation was faster.
  bool take_gap();

 private:
  struct Part {
    UniqueFd file;
    ino_t inode = 0;
    off_t offset = 0;
  };
  explicit RoleLog(PinnedFolder folder) : folder_(std::move(folder)) {}

  void begin(std::uint64_t lines);
  bool advance();
  void add_archives(bool beyond_held);
  UniqueFd open_file(const std::string& name, ino_t& inode) const;

  PinnedFolder folder_;
  std::deque<Part> parts_;      // the first is being read; the last is the newest
  std::string newest_archive_;  // name of the newest old file that was seen
  bool gap_ = false;
};

}  // namespace tusker
