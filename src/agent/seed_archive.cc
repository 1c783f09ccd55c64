#include "agent/seed_archive.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>

#include "agent/safe_folder.h"
#include "base/file.h"

namespace tusker {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kMaxEntries = 10'000;

// Fields of a header: offset and size.
std::string_view field(std::string_view header, std::size_t at, std::size_t size) {
  const std::string_view raw = header.substr(at, size);
  return raw.substr(0, std::min(raw.find('\0'), raw.size()));
}

std::optional<std::uint64_t> octal(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '7' || value > (1ULL << 40)) return std::nullopt;
    value = value * 8 + static_cast<unsigned>(c - '0');
  }
  return value;
}

// The sum of all bytes, its own field counted as spaces.
bool checksum_holds(std::string_view header) {
  std::uint64_t sum = 8 * ' ';
  for (std::size_t i = 0; i < kBlock; ++i) {
    if (i < 148 || i >= 156) sum += static_cast<std::uint8_t>(header[i]);
  }
  return octal(field(header, 148, 8)) == sum;
}

std::string path_of(std::string_view header) {
  const std::string_view prefix = field(header, 345, 155);
  std::string path = prefix.empty() ? "" : std::string(prefix) + "/";
  path += field(header, 0, 100);
  if (path.starts_with("./")) path.erase(0, 2);
  if (path.ends_with('/')) path.pop_back();
  return path;
}

Error corrupt(std::string_view what) {
  return Error::make(ErrorCode::Corrupt, "seed archive: {}", what);
}

Result<SeedEntry> read_header(std::string_view header) {
  if (header.substr(257, 5) != "ustar" || !checksum_holds(header))
    return corrupt("expected a ustar header with its checksum");
  const char type = header[156];
  SeedEntry entry;
  entry.path = path_of(header);
  entry.folder = type == '5';
  if (type != '0' && type != '\0' && type != '5') {
    return Error::make(ErrorCode::PermissionDenied,
                       "seed archive: '{:.100}' has type '{}'; only files and folders are unpacked",
                       entry.path,
                       type);
  }
  const auto mode = octal(field(header, 100, 8));
  if (!mode) return corrupt("a mode that is no octal number");
  entry.mode = static_cast<mode_t>(*mode) & 0777;
  const bool is_top = entry.folder && (entry.path.empty() || entry.path == ".");
  if (!is_top && !is_safe_relative(entry.path)) {
    return Error::make(ErrorCode::PermissionDenied,
                       "seed archive: '{:.100}' is no relative path inside it",
                       entry.path);
  }
  if (is_top) entry.path.clear();
  return entry;
}

Status write_entry(const SeedEntry& entry, int folder, uid_t uid, gid_t gid) {
  if (entry.folder && ::mkdirat(folder, entry.path.c_str(), 0700) != 0 && errno != EEXIST) {
    return Error::from_errno(errno, "seed: " + entry.path);
  }
  // O_NOFOLLOW covers the last part; the ones before were made by us in a folder that nobody else
  // can reach yet.
  const int flags = entry.folder ? O_RDONLY | O_DIRECTORY : O_WRONLY | O_CREAT | O_EXCL;
  const UniqueFd fd(::openat(folder, entry.path.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return Error::from_errno(errno, "seed: " + entry.path);
  TK_TRY_VOID(write_all(fd.get(), entry.content, "seed: " + entry.path));
  if (::fchown(fd.get(), uid, gid) != 0 || ::fchmod(fd.get(), entry.mode) != 0 ||
      ::fsync(fd.get()) != 0) {
    return Error::from_errno(errno, "seed: " + entry.path);
  }
  return ok_status();
}

}  // namespace

Result<std::vector<SeedEntry>> read_seed(std::string_view archive) {
  std::vector<SeedEntry> entries;
  while (!archive.empty()) {
    if (archive.size() < kBlock) return corrupt("it is cut");
    const std::string_view header = archive.substr(0, kBlock);
    if (header.find_first_not_of('\0') == std::string_view::npos) return entries;
    TK_TRY(SeedEntry entry, read_header(header));
    const auto size = octal(field(header, 124, 12));
    if (!size) return corrupt("a size that is no octal number");
    archive.remove_prefix(kBlock);
    const std::size_t padded = (static_cast<std::size_t>(*size) + kBlock - 1) / kBlock * kBlock;
    if (archive.size() < padded) return corrupt("it is cut");
    entry.content = archive.substr(0, entry.folder ? 0 : static_cast<std::size_t>(*size));
    archive.remove_prefix(padded);
    if (!entry.path.empty()) entries.push_back(std::move(entry));
    if (entries.size() > kMaxEntries) {
      return Error::make(
          ErrorCode::ResourceExhausted, "seed archive: more than {} entries", kMaxEntries);
    }
  }
  return corrupt("it ends without an end mark");
}

Status unpack_seed(std::string_view archive, int folder, uid_t uid, gid_t gid) {
  TK_TRY(const std::vector<SeedEntry> entries, read_seed(archive));
  for (const SeedEntry& entry : entries) TK_TRY_VOID(write_entry(entry, folder, uid, gid));
  return ok_status();
}

}  // namespace tusker
