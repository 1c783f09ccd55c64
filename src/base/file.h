#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace tusker {

// A file descriptor and the duty to close it.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  ~UniqueFd() { reset(); }

  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};
// Neither end goes to programs that are started.
Result<Pipe> make_pipe();

// All of these block and belong to start-up and worker threads. Errors name the path.

// The whole file; more than `limit` bytes is ResourceExhausted.
Result<std::string> read_file(const std::string& path, std::size_t limit = 64 << 20);

// All of it, however many writes that takes. `name` is what the error calls the file.
Status write_all(int fd, std::string_view content, std::string_view name);

// After success the file has exactly this content and mode and survives power loss; before, it has
// the old content or does not exist. Written beside the target and renamed.
Status write_file_atomic(const std::string& path, std::string_view content, mode_t mode);

// The directory exists with exactly this mode, its parents at least as 0755. Owner untouched.
Status ensure_directory(const std::string& path, mode_t mode);

// Nothing is left at this path. Refuses to cross into another file system, and never follows a
// symbolic link.
Status remove_tree(const std::string& path);

bool path_exists(const std::string& path);

}  // namespace tusker
