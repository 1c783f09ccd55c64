#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tusker {

// A plain file of an archive.
struct TarMember {
  std::string name;  // not yet checked, but without bytes that a terminal would obey
  std::uint64_t size = 0;
};

// Writes a ustar archive to a descriptor, one member after the other. Blocks. One thread.
class TarWriter final {
 public:
  explicit TarWriter(int fd) : fd_(fd) {}

  Status begin(const TarMember& member);
  // All pieces together have the member's size.
  Status write(std::string_view piece);
  Status end_member();
  Status finish();

 private:
  int fd_;
  std::uint64_t padding_ = 0;
};

// Reads such an archive from a descriptor, which need not seek, in pieces of at most a megabyte.
// Stricter than tar: plain files only, whose names are all in their header. Blocks. One thread.
class TarReader final {
 public:
  // `cancelled`, which may be empty, is checked several times a second, also while nothing comes.
  TarReader(int fd, std::function<bool()> cancelled);

  // The next member, whose content the caller then reads to its end; nothing at the archive's end.
  // Corrupt: something else than a plain file, or the archive is cut.
  Result<std::optional<TarMember>> next();
  // The next piece of the member's content, empty at its end; valid until the next call.
  Result<std::string_view> read();

 private:
  Result<std::string_view> take(std::size_t size);
  Status wait() const;
  Status drain();

  int fd_;
  std::function<bool()> cancelled_;
  std::vector<char> buffer_;
  std::uint64_t left_ = 0;  // of the member's content
  std::uint64_t padding_ = 0;
};

}  // namespace tusker
