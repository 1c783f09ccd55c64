#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace tusker {

// Files by their relative path, without their content.
struct FileSet {
  struct File {
    std::uint32_t mode = 0;
    std::string digest;  // of the content: "sha256:…"
  };
  std::map<std::string, File> files;

  // Names the set: "sha256:" of the lines "path NUL mode NUL digest LF" sorted by path, the mode
  // octal and at least three digits.
  std::string digest() const;
};

}  // namespace tusker
