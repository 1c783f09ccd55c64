#include "agent/mounts.h"

#include <sys/mount.h>

#include <algorithm>
#include <cerrno>

#include "agent/loop_device.h"
#include "base/file.h"

namespace tusker {
namespace {

// mountinfo writes space, tab, newline and backslash as three octal digits.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      out += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                               (text[i + 3] - '0'));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    if (end > 0) words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

bool is_at_or_below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

Status mount_at(const char* source,
                const std::string& point,
                const char* type,
                unsigned long flags,
                const char* data) {
  if (::mount(source, point.c_str(), type, flags, data) == 0) return ok_status();
  return Error::from_errno(errno, fmt::format("mount {} {} at {}", type, source, point));
}

}  // namespace

Result<MountTable> MountTable::read() {
  TK_TRY(const std::string text, read_file("/proc/self/mountinfo"));
  return parse(text);
}

MountTable MountTable::parse(std::string_view mountinfo) {
  MountTable table;
  while (!mountinfo.empty()) {
    const std::size_t end = std::min(mountinfo.find('\n'), mountinfo.size());
    const auto words = words_of(mountinfo.substr(0, end));
    mountinfo.remove_prefix(std::min(end + 1, mountinfo.size()));
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (words.size() < 5 || words.end() - dash < 3) continue;
    table.entries_.push_back({unescaped(words[4]), std::string(dash[1]), unescaped(dash[2])});
  }
  return table;
}

bool MountTable::is_mount_point(std::string_view path) const {
  return std::any_of(
      entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.point == path; });
}

std::vector<std::string> MountTable::below(std::string_view folder) const {
  std::vector<std::string> out;
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (is_at_or_below(entry->point, folder)) out.push_back(entry->point);
  }
  return out;
}

Status mount_squashfs(const std::string& image, const std::string& point) {
  TK_TRY(const LoopDevice device, attach_loop(image, /*read_only=*/true));
  return mount_at(device.path.c_str(), point, "squashfs", MS_RDONLY | MS_NODEV, nullptr);
}

Status mount_ext4(const std::string& image, const std::string& point) {
  TK_TRY(const LoopDevice device, attach_loop(image, /*read_only=*/false));
  // noinit_itable: else a kernel thread writes the inode tables of each new disk in the background,
  // gigabytes in sum.
  return mount_at(
      device.path.c_str(), point, "ext4", MS_NOATIME | MS_NODEV | MS_NOSUID, "noinit_itable");
}

Status mount_overlay(const std::string& lower,
                     const std::string& upper,
                     const std::string& work,
                     const std::string& point) {
  const std::string options = fmt::format("lowerdir={},upperdir={},workdir={}", lower, upper, work);
  return mount_at("overlay", point, "overlay", MS_NODEV, options.c_str());
}

Status mount_tmpfs(const std::string& point, std::uint64_t bytes, unsigned mode) {
  const std::string options = fmt::format("size={},mode={:o}", bytes, mode);
  return mount_at("tmpfs", point, "tmpfs", MS_NODEV | MS_NOSUID, options.c_str());
}

Status unmount(const std::string& point) {
  if (::umount2(point.c_str(), UMOUNT_NOFOLLOW) == 0 || errno == EINVAL || errno == ENOENT)
    return ok_status();
  if (errno == EBUSY && ::umount2(point.c_str(), UMOUNT_NOFOLLOW | MNT_DETACH) == 0)
    return ok_status();
  return Error::from_errno(errno, "unmount " + point);
}

Status unmount_below(const std::string& folder) {
  TK_TRY(const MountTable table, MountTable::read());
  for (const std::string& point : table.below(folder)) TK_TRY_VOID(unmount(point));
  return ok_status();
}

}  // namespace tusker
