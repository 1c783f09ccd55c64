#include "agent/role_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>
#include <vector>

namespace tusker {
namespace {

constexpr std::size_t kMostFiles = 16;       // s6-log is told to keep three old ones
constexpr std::size_t kMostEntries = 10000;  // of a folder that a node has filled with others
constexpr off_t kBlock = 64 << 10;
constexpr off_t kMostLookedBack = 256 << 20;

off_t size_of(const UniqueFd& file) {
  struct stat info {};
  return ::fstat(file.get(), &info) == 0 ? info.st_size : 0;
}

// "@4000000066a1b2c300000000.s": the time as TAI64N, so that names sort by age; .u if s6-log was
// cut off.
bool is_archive(std::string_view name) {
  return name.size() == 27 && name.front() == '@' &&
         (name.ends_with(".s") || name.ends_with(".u")) &&
         std::all_of(name.begin() + 1, name.end() - 2, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::vector<std::string> archives_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code failure;
  std::size_t seen = 0;
  for (auto at = std::filesystem::directory_iterator(folder, failure);
       !failure && at != std::filesystem::directory_iterator() && ++seen < kMostEntries;
       at.increment(failure)) {
    std::string name = at->path().filename().string();
    if (is_archive(name)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  if (names.size() >= kMostFiles) names.erase(names.begin(), names.end() - (kMostFiles - 1));
  return names;
}

// Where the last `lines` lines of a file begin. Takes off `lines` what it has, and off `look` what
// it looked at: with nothing left of either, older files are of no interest.
off_t start_of_last(const UniqueFd& file, std::uint64_t& lines, off_t& look) {
  const off_t size = size_of(file);
  std::string block;
  off_t end = size;
  while (end > 0 && look > 0) {
    const off_t begin = std::max<off_t>(0, end - kBlock);
    block.resize(static_cast<std::size_t>(end - begin));
    if (::pread(file.get(), block.data(), block.size(), begin) !=
        static_cast<ssize_t>(block.size()))
      break;
    look -= end - begin;
    for (off_t at = end - 1; at >= begin; --at) {
      // The end of the very last line begins no line.
      if (block[static_cast<std::size_t>(at - begin)] != '\n' || at + 1 == size) continue;
      if (--lines == 0) return at + 1;
    }
    end = begin;
  }
  if (size > 0 && end == 0) --lines;  // the first line of the file
  if (end > 0) lines = 0;             // looked far enough, or the file shrank
  return end;
}

}  // namespace

Result<RoleLog> RoleLog::open(const std::string& node_logs,
                              const std::string& role,
                              std::uint64_t lines) {
  TK_TRY(PinnedFolder folder, PinnedFolder::open(node_logs, role));
  RoleLog log(std::move(folder));
  log.begin(lines);
  return log;
}

UniqueFd RoleLog::open_file(const std::string& name, ino_t& inode) const {
  // Not blocking: to open a FIFO would wait for a writer.
  UniqueFd file(::open(folder_.file(name).c_str(),
                       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return UniqueFd();
  inode = info.st_ino;
  return file;
}

// From the newest file back. `current` is opened first: if it is rotated meanwhile it is found once
// more, under its new name, and known by its inode.
void RoleLog::begin(std::uint64_t lines) {
  off_t look = kMostLookedBack;
  Part current;
  current.file = open_file("current", current.inode);
  const std::vector<std::string> archives = archives_in(folder_.path());
  if (!archives.empty()) newest_archive_ = archives.back();
  if (current.file) {
    current.offset = lines == 0 ? size_of(current.file) : start_of_last(current.file, lines, look);
    parts_.push_back(std::move(current));
  }
  for (auto name = archives.rbegin(); name != archives.rend() && lines > 0 && look > 0; ++name) {
    Part part;
    part.file = open_file(*name, part.inode);
    if (!part.file || (!parts_.empty() && part.inode == parts_.back().inode)) continue;
    part.offset = start_of_last(part.file, lines, look);
    parts_.push_front(std::move(part));
  }
}

Result<std::string> RoleLog::read(std::size_t limit) {
  std::string bytes;
  for (;;) {
    if (parts_.empty() && !advance()) return bytes;
    Part& part = parts_.front();
    bytes.resize(limit);
    const ssize_t n = ::pread(part.file.get(), bytes.data(), limit, part.offset);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Error::from_errno(errno, "read the log");
    bytes.resize(static_cast<std::size_t>(n));
    if (n > 0) {
      part.offset += n;
      return bytes;
    }
    if (parts_.size() > 1) {
      parts_.pop_front();
    } else if (!advance()) {
      return bytes;
    }
  }
}

// Finds what came after the newest file that is held. The held one stays until it has been read to
// its end once more: it may have grown until it was rotated.
bool RoleLog::advance() {
  Part current;
  current.file = open_file("current", current.inode);
  if (!current.file) return false;  // s6-log is just making it, or has written nothing yet
  if (!parts_.empty() && parts_.back().inode == current.inode) {
    Part& held = parts_.back();
    if (size_of(held.file) >= held.offset) return false;
    held.offset = 0;  // emptied by somebody
    return true;
  }
  const bool held = !parts_.empty();
  add_archives(held);
  // Rotated once more meanwhile: then the next call finds it.
  if (parts_.empty() || parts_.back().inode != current.inode) parts_.push_back(std::move(current));
  return true;
}

// Old files that are newer than those seen so far. That of the held one is among them, unless
// rotation has removed it already, and then perhaps others with it.
void RoleLog::add_archives(bool beyond_held) {
  const ino_t held = beyond_held ? parts_.back().inode : 0;
  bool held_found = false;
  for (const std::string& name : archives_in(folder_.path())) {
    if (name <= newest_archive_) continue;
    newest_archive_ = name;
    Part part;
    part.file = open_file(name, part.inode);
    if (!part.file) continue;
    if (beyond_held && part.inode == held) {
      held_found = true;
    } else if (parts_.size() < kMostFiles) {
      parts_.push_back(std::move(part));
    } else {
      gap_ = true;
    }
  }
  gap_ = gap_ || (beyond_held && !held_found);
}

bool RoleLog::take_gap() {
  return std::exchange(gap_, false);
}

}  // namespace tusker
