#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tusker {

// What is mounted in our mount namespace, read once.
class MountTable {
 public:
  struct Entry {
    std::string point;   // unescaped
    std::string type;    // "ext4"
    std::string source;  // "/dev/loop3"
  };

  static Result<MountTable> read();
  static MountTable parse(std::string_view mountinfo);  // /proc/self/mountinfo, proc(5)

  bool is_mount_point(std::string_view path) const;
  // Mount points at or below a folder, in the order in which they can be unmounted.
  std::vector<std::string> below(std::string_view folder) const;
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;  // in the kernel's order: the newest last
};

// All of these want root and an existing directory to mount on; they do not look whether it is a
// mount point already. A file behind a loop device: the device frees itself when it is unmounted,
// or when we die before it is mounted.
Status mount_squashfs(const std::string& image, const std::string& point);
Status mount_ext4(const std::string& image, const std::string& point);
Status mount_overlay(const std::string& lower,
                     const std::string& upper,
                     const std::string& work,
                     const std::string& point);
Status mount_tmpfs(const std::string& point, std::uint64_t bytes, unsigned mode);

// The path is no mount point any more. A busy one is detached: it goes when its last user does.
Status unmount(const std::string& point);
// Nothing at or below the folder is a mount point any more.
Status unmount_below(const std::string& folder);

}  // namespace tusker
