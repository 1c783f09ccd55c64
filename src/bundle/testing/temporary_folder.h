#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace tusker {

// A folder of a test, gone with it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    path_ = std::filesystem::temp_directory_path() / "tusker-bundle-XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) ::abort();
  }
  ~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace tusker
