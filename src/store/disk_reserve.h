#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace tusker {

// Disk kept aside, so that what frees resources still commits when the disk is full. Blocks; the
// writer's thread only.
class DiskReserve {
 public:
  // The reserve is the file at `path`; nothing is made yet.
  DiskReserve(std::string path, std::uint64_t bytes) : path_(std::move(path)), bytes_(bytes) {}

  // The file exists whole, unless so little is free that it would take what others need now: twice
  // its size has to be free, or the call changes nothing. Yields whether it is held.
  Result<bool> ensure_held();

  // Its space is free for others.
  void release();

  bool held() const { return held_; }
  Result<std::uint64_t> free_bytes() const;  // of its file system, for unprivileged users

 private:
  std::string path_;
  std::uint64_t bytes_;
  bool held_ = false;
};

}  // namespace tusker
