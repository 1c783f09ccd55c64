#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace tusker {

// A file or directory of an archive.
struct ArchiveEntry {
  std::string path;  // relative, at most 100 bytes; a directory ends in '/'
  std::uint32_t mode = 0;
  std::string content;
};

// Whose all entries are: user and group of one name and number.
struct ArchiveOwner {
  std::string name;
  std::uint32_t number = 0;
};

// A POSIX ustar archive (IEEE 1003.1-1988) with time stamps of 0: the same entries give the same
// bytes. Pure. InvalidArgument for a path that is absolute, too long or has an empty, "." or ".."
// part.
Result<std::string> write_ustar(const std::vector<ArchiveEntry>& entries,
                                const ArchiveOwner& owner);

}  // namespace tusker
