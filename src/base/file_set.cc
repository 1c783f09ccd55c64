#include "base/file_set.h"

#include <fmt/format.h>

#include "base/encoding.h"

namespace tusker {

std::string FileSet::digest() const {
  std::string text;
  for (const auto& [path, file] : files)
    text += path + '\0' + fmt::format("{:03o}", file.mode) + '\0' + file.digest + '\n';
  return "sha256:" + sha256_hex(text);
}

}  // namespace tusker
