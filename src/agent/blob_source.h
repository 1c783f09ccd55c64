#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"

namespace tusker {

// Where bytes come from that are named by their digest: the server, or a folder in tests.
class BlobSource {
 public:
  virtual ~BlobSource() = default;

  // Appends the blob's bytes to the open file, telling how many there are so far. Whether they are
  // the right ones is the caller's to check. Blocks: worker threads. Unavailable: not now. Any
  // thread, several at once.
  virtual Status fetch(const std::string& digest,
                       int file,
                       const std::function<void(std::uint64_t)>& progress) = 0;
};

}  // namespace tusker
