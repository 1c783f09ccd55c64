#pragma once

#include <cstdlib>
#include <string>

#include "base/check.h"
#include "base/file.h"

namespace tusker::cli {

// A folder that is gone with everything in it when the test ends.
class TemporaryFolder {
 public:
  TemporaryFolder() { TK_CHECK(::mkdtemp(path_.data()) != nullptr, "cannot make {}", path_); }
  ~TemporaryFolder() { (void)remove_tree(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/tusker-cli-XXXXXX";
};

}  // namespace tusker::cli
