#include "base/ustar_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <optional>

namespace tusker {
namespace {

// Where the fields of a header block are, and how long.
struct Field {
  std::size_t at;
  std::size_t size;
};
constexpr Field kName{0, kUstarLongestPath}, kMode{100, 8}, kUid{108, 8}, kGid{116, 8},
    kSize{124, 12}, kTime{136, 12}, kChecksum{148, 8}, kType{156, 1}, kMagic{257, 8},
    kUser{265, 31}, kGroup{297, 31}, kPrefix{345, 155};
constexpr std::string_view kMagicWord = "ustar";

void put(UstarBlock& block, Field field, std::string_view text) {
  std::memcpy(block.data() + field.at, text.data(), text.size());
}

void put_octal(UstarBlock& block, Field field, std::uint64_t value) {
  put(block, field, fmt::format("{:0{}o}", value, field.size - 1));
}

std::string_view text_at(std::string_view block, Field field) {
  const std::string_view raw = block.substr(field.at, field.size);
  return raw.substr(0, std::min(raw.find('\0'), raw.size()));
}

std::optional<std::uint64_t> octal_at(std::string_view block, Field field) {
  std::string_view text = text_at(block, field);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::uint64_t value = 0;  // at most twelve digits: no overflow
  for (const char c : text) {
    if (c < '0' || c > '7') return std::nullopt;
    value = value * 8 + static_cast<unsigned>(c - '0');
  }
  return value;
}

// The sum of all bytes, its own field counted as spaces.
std::uint64_t sum_of(std::string_view block) {
  const auto add = [](std::uint64_t total, char c) {
    return total + static_cast<unsigned char>(c);
  };
  const std::string_view before = block.substr(0, kChecksum.at);
  const std::string_view after = block.substr(kChecksum.at + kChecksum.size);
  const std::uint64_t sum =
      std::accumulate(before.begin(), before.end(), std::uint64_t{8} * ' ', add);
  return std::accumulate(after.begin(), after.end(), sum, add);
}

}  // namespace

Result<UstarBlock> write_ustar_header(const UstarHeader& header) {
  if (header.path.empty() || header.path.size() > kUstarLongestPath ||
      header.size > kUstarLargestFile) {
    return Error::make(
        ErrorCode::InvalidArgument,
        "expected a path of 1 to {} bytes and a size of at most {}, found \"{}\" and {}",
        kUstarLongestPath,
        kUstarLargestFile,
        header.path,
        header.size);
  }
  UstarBlock block{};
  put(block, kName, header.path);
  put_octal(block, kMode, header.mode);
  put_octal(block, kUid, header.owner_number);
  put_octal(block, kGid, header.owner_number);
  put(block, kUser, std::string_view(header.owner).substr(0, kUser.size));
  put(block, kGroup, std::string_view(header.owner).substr(0, kGroup.size));
  put_octal(block, kSize, header.size);
  put_octal(block, kTime, 0);
  put(block, kType, std::string_view(&header.type, 1));
  put(block, kMagic, std::string_view("ustar\00000", 8));
  const std::uint64_t sum = sum_of({block.data(), block.size()});
  put(block, kChecksum, fmt::format("{:06o}{} ", sum, '\0'));
  return block;
}

Result<UstarHeader> read_ustar_header(std::string_view block) {
  if (block.size() != kUstarBlock) return Error(ErrorCode::Corrupt, "the archive is cut");
  if (block.find_first_not_of('\0') == std::string_view::npos)
    return Error(ErrorCode::NotFound, "the archive ends here");
  if (block.substr(kMagic.at, kMagicWord.size()) != kMagicWord ||
      octal_at(block, kChecksum) != sum_of(block)) {
    return Error(ErrorCode::Corrupt, "expected a ustar header with its checksum");
  }
  const auto mode = octal_at(block, kMode);
  const auto size = octal_at(block, kSize);
  if (!mode || !size) return Error(ErrorCode::Corrupt, "a mode or a size that is no octal number");
  UstarHeader header;
  const std::string_view prefix = text_at(block, kPrefix);
  header.path = prefix.empty() ? "" : std::string(prefix) + "/";
  header.path += text_at(block, kName);
  header.type = block[kType.at] == '\0' ? '0' : block[kType.at];
  header.mode = static_cast<std::uint32_t>(*mode);
  header.size = *size;
  return header;
}

}  // namespace tusker
