#include "plan/ustar.h"

#include "base/ustar_header.h"

namespace tusker {
namespace {

bool is_inside(std::string_view path) {
  if (path.empty() || path.size() > kUstarLongestPath || path.front() == '/') return false;
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
          kUstarLongestPath);
    }
    TK_TRY(const UstarBlock header,
           write_ustar_header({.path = entry.path,
                               .type = entry.path.back() == '/' ? '5' : '0',
                               .mode = entry.mode,
                               .size = entry.content.size(),
                               .owner = owner.name,
                               .owner_number = owner.number}));
    out.append(header.data(), header.size());
    out += entry.content;
    out.append(ustar_padding(entry.content.size()), '\0');
  }
  out.append(2 * kUstarBlock, '\0');  // end of archive
  return out;
}

}  // namespace tusker
