#pragma once

#include <string>

#include "base/clock.h"
#include "base/file.h"
#include "base/result.h"

namespace tusker {

// A loop device over a file. It frees itself (autoclear) when it is neither open nor mounted, so a
// crash leaves none behind.
struct LoopDevice {
  std::string path;  // /dev/loop7
  UniqueFd open;     // keeps it until it is mounted
};

// ResourceExhausted: the kernel has no free loop device and makes none.
Result<LoopDevice> attach_loop(const std::string& file, bool read_only);

// No loop device has a backing file at or below the folder any more, or the limit has passed: a
// device frees itself a moment after its file system is gone. Blocks.
bool loops_gone(const std::string& folder, Duration limit);

}  // namespace tusker
