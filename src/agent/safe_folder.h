#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace tusker {

// Whether a path from outside is relative and has no empty part, ".", "..", control character or
// part longer than 255 bytes.
bool is_safe_relative(std::string_view path);
// Its parts. The path was checked.
std::vector<std::string> parts_of(std::string_view path);

// Opens a folder below `root` without following any link: users of a node may have put one anywhere
// on its disk. NotFound if a part is missing; FailedPrecondition if a part is a link or a file.
Result<UniqueFd> open_folder_below(const std::string& root, std::string_view relative);
// The same, and missing parts are made, owned by root, mode 0755.
Result<UniqueFd> make_folder_below(const std::string& root, std::string_view relative);

// A whole file whose last part a node may have replaced: what is a link, a FIFO or a device is not
// read. `path` begins with a PinnedFolder's. Errors as read_file()'s; FailedPrecondition if it is
// no file.
Result<std::string> read_node_file(const std::string& path, std::size_t limit);

// A folder that was opened so, and a path that means this very folder whatever a node does to its
// name meanwhile: for functions that take paths. Only its last part is safe to name: a link may
// stand anywhere below.
class PinnedFolder {
 public:
  static Result<PinnedFolder> open(const std::string& root, std::string_view relative);
  static Result<PinnedFolder> make(const std::string& root, std::string_view relative);

  const std::string& path() const { return path_; }  // /proc/self/fd/N
  std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  explicit PinnedFolder(UniqueFd fd);
  UniqueFd fd_;
  std::string path_;
};

}  // namespace tusker
