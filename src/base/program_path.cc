#include "base/program_path.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace tusker {

std::string find_program(const std::string& name) {
  std::string_view folders = kProgramPath;
  while (!folders.empty()) {
    const std::size_t end = std::min(folders.find(':'), folders.size());
    std::string path = std::string(folders.substr(0, end)) + "/" + name;
    if (::access(path.c_str(), X_OK) == 0) return path;
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  return "";
}

}  // namespace tusker
