#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bundle/definition.h"

namespace tusker {

// Changes below a folder that other people's packages have filled. No function follows a link out
// of it: a place whose folder lies, with all links resolved, outside is refused as
// FailedPrecondition. Paths are as in bundle.yaml, with or without a leading slash.
class Tree {
 public:
  explicit Tree(std::string root) : root_(std::move(root)) {}
  const std::string& root() const { return root_; }

  Status make_directory(std::string_view path, mode_t mode) const;  // and its parents, as 0755
  Status write(std::string_view path,
               const BundleFile& file) const;  // replaces what is there, a link too
  Status link(std::string_view path, std::string_view target) const;
  Status append(std::string_view path, std::string_view text) const;
  Status move_in(const std::string& from,
                 std::string_view path) const;  // a file of the same file system, mode 0644
  Status move_folder_in(const std::string& from,
                        std::string_view path) const;  // of the same file system
  Status remove_matching(std::string_view pattern) const;
  Result<std::string> read(std::string_view path) const;

  // Folders 0755, files 0644 or 0755 when their owner may execute them, whatever the umask was;
  // links untouched.
  Status normalise_modes() const;

  // Bytes in all files. An estimate while somebody writes.
  std::uint64_t size() const;

 private:
  // The path on the host, its folder checked.
  Result<std::string> place(std::string_view path) const;
  std::string root_;
};

}  // namespace tusker
