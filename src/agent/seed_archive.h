#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tusker {

// A folder or file of a seed archive.
struct SeedEntry {
  std::string path;  // safe and relative
  bool folder = false;
  mode_t mode = 0;           // permission bits only
  std::string_view content;  // points into the archive
};

// Reads a ustar archive (POSIX.1-1988). Corrupt: not one, cut, or a wrong checksum;
// PermissionDenied: a link, device, absolute path or ".."; ResourceExhausted: more than 10,000
// entries. Its owners are ignored.
Result<std::vector<SeedEntry>> read_seed(std::string_view archive);

// Writes the entries into the open folder, which is empty, owned by the user. Follows no link.
Status unpack_seed(std::string_view archive, int folder, uid_t uid, gid_t gid);

}  // namespace tusker
