#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tusker {

// One header block of a ustar archive (IEEE 1003.1-1988), to bytes and back. Pure.

inline constexpr std::size_t kUstarBlock = 512;
inline constexpr std::size_t kUstarLongestPath = 100;
inline constexpr std::uint64_t kUstarLargestFile = (8ULL << 30) - 1;

struct UstarHeader {
  std::string path;  // as it stands there: nothing says that it is safe to follow
  char type = '0';   // '0' a file, '5' a directory; links, devices and extensions have others
  std::uint32_t mode = 0;
  std::uint64_t size = 0;  // bytes of content, which follows, filled up to whole blocks
  std::string owner = {};  // of user and group; not read
  std::uint32_t owner_number = 0;
};

using UstarBlock = std::array<char, kUstarBlock>;

// With a time stamp of 0. InvalidArgument: the path or the size does not fit into its field.
Result<UstarBlock> write_ustar_header(const UstarHeader& header);

// Corrupt: not a header of this format, also as GNU tar writes it, or a wrong checksum; a size that
// needs more than the format's eleven octal digits. NotFound: the block of zeros that ends an
// archive.
Result<UstarHeader> read_ustar_header(std::string_view block);

// Bytes between a content's end and the next block.
constexpr std::size_t ustar_padding(std::uint64_t size) {
  return static_cast<std::size_t>((kUstarBlock - size % kUstarBlock) % kUstarBlock);
}

}  // namespace tusker
