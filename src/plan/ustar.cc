#include "plan/ustar.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <numeric>

namespace tusker {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kLongestPath = 100;

// Where the fields of a header block are, and how long.
struct Field {
  std::size_t at;
  std::size_t size;
};
constexpr Field kName{0, 100}, kMode{100, 8}, kUid{108, 8}, kGid{116, 8}, kSize{124, 12},
    kTime{136, 12}, kChecksum{148, 8}, kType{156, 1}, kMagic{257, 8}, kUser{265, 31},
    kGroup{297, 31};

using Header = std::array<char, kBlock>;

void put(Header& header, Field field, std::string_view text) {
  std::memcpy(header.data() + field.at, text.data(), text.size());
}

void put_octal(Header& header, Field field, std::uint64_t value) {
  put(header, field, fmt::format("{:0{}o}", value, field.size - 1));
}

bool is_inside(std::string_view path) {
  if (path.empty() || path.size() > kLongestPath || path.front() == '/') return false;
  if (path.back() == '/') path.remove_suffix(1);
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
  return false;
}

Header header_of(const ArchiveEntry& entry, const ArchiveOwner& owner) {
  Header header{};
  put(header, kName, entry.path);
  put_octal(header, kMode, entry.mode);
  put_octal(header, kUid, owner.number);
  put_octal(header, kGid, owner.number);
  put(header, kUser, owner.name.substr(0, kUser.size));
  put(header, kGroup, owner.name.substr(0, kGroup.size));
  put_octal(header, kSize, entry.content.size());
  put_octal(header, kTime, 0);
  put(header, kType, entry.path.back() == '/' ? "5" : "0");
  put(header, kMagic, std::string_view("ustar\00000", 8));
  put(header, kChecksum, "        ");  // counts as spaces while it is computed
  const auto sum = std::accumulate(header.begin(), header.end(), 0U, [](unsigned total, char c) {
    return total + static_cast<unsigned char>(c);
  });
  put(header, kChecksum, fmt::format("{:06o}{} ", sum, '\0'));
  return header;
}

}  // namespace

Result<std::string> write_ustar(const std::vector<ArchiveEntry>& entries,
                                const ArchiveOwner& owner) {
  std::string out;
  for (const ArchiveEntry& entry : entries) {
    if (!is_inside(entry.path)) {
      return Error::make(
          ErrorCode::InvalidArgument,
          "archive path \"{}\" is not relative, without dots and at most {} bytes long",
          entry.path,
          kLongestPath);
    }
    const Header header = header_of(entry, owner);
    out.append(header.data(), header.size());
    out += entry.content;
    out.append((kBlock - entry.content.size() % kBlock) % kBlock, '\0');
  }
  out.append(2 * kBlock, '\0');  // end of archive
  return out;
}

}  // namespace tusker
