#include "bundle/transfer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>

#include "base/file.h"
#include "base/sha256.h"
#include "base/ustar_header.h"
#include "bundle/tar_stream.h"
#include "bundle/workspace.h"
#include "plan/nearest.h"

namespace tusker {
namespace {

constexpr std::string_view kIndexName = "index.json";
constexpr std::uint64_t kLargestIndex = 16 << 20;
constexpr std::size_t kMostEntries = 1000;
constexpr std::size_t kPiece = 1 << 20;

std::string digest_of(const Sha256& hash) {
  return "sha256:" + to_hex(hash.digest());
}

// Tells how far a member is, and stops where the caller wants no more.
class Pace final {
 public:
  Pace(const BundleBuildOptions& options, std::string phase, std::string what, std::uint64_t total)
      : options_(options), progress_{std::move(phase), std::move(what), 0, total, ""} {}

  Status advance(std::uint64_t bytes) {
    progress_.bytes_done += bytes;
    if (options_.progress) options_.progress(progress_);
    if (!options_.cancelled || !options_.cancelled()) return ok_status();
    return Error::make(ErrorCode::Cancelled, "{}: interrupted", progress_.what);
  }
  void done() {
    progress_.phase = "done";
    if (options_.progress) options_.progress(progress_);
  }

 private:
  const BundleBuildOptions& options_;
  BundleProgress progress_;
};

// ---- export

Result<std::vector<BundleEntry>> chosen(const BundleIndex& index,
                                        const BundleBuildOptions& options) {
  std::vector<BundleEntry> set = index.newest_set();
  if (set.empty()) {
    return Error::make(
        ErrorCode::NotFound, "{} has no bundles: run `tusker bundle build` first", options.blobs);
  }
  if (options.names.empty()) return set;
  std::vector<std::string> known;
  for (const BundleEntry& entry : set) {
    if (entry.kind != BundleKind::Archive) known.push_back(entry.name);
  }
  for (const std::string& name : options.names) {
    if (std::ranges::find(known, name) != known.end()) continue;
    return Error::make(ErrorCode::NotFound,
                       "there is no bundle \"{}\" in {}{}; there are: {}",
                       name,
                       options.blobs,
                       did_you_mean(name, known),
                       fmt::join(known, ", "));
  }
  std::erase_if(set, [&](const BundleEntry& entry) {
    return entry.kind != BundleKind::Image &&
           std::ranges::find(options.names, entry.name) == options.names.end();
  });
  return set;
}

Status write_blob(TarWriter& tar, const BundleEntry& entry, const BundleBuildOptions& options) {
  const std::string path = blob_path(options.blobs, entry.digest);
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return Error::from_errno(errno, path);
  TK_TRY_VOID(tar.begin({entry.digest, entry.size}));
  Pace pace(options, "write", title_of(entry), entry.size);
  Sha256 hash;
  std::vector<char> buffer(kPiece);
  std::uint64_t left = entry.size;
  while (left > 0) {
    const ssize_t n =
        ::read(file.get(), buffer.data(), std::min<std::uint64_t>(left, buffer.size()));
    if (n < 0) return Error::from_errno(errno, path);
    if (n == 0) break;
    const std::string_view piece(buffer.data(), static_cast<std::size_t>(n));
    hash.add(piece);
    TK_TRY_VOID(tar.write(piece));
    left -= piece.size();
    TK_TRY_VOID(pace.advance(piece.size()));
  }
  if (left > 0 || digest_of(hash) != entry.digest) {
    return Error::make(
        ErrorCode::Corrupt, "{} holds other bytes: remove it and build or import it anew", path);
  }
  pace.done();
  return tar.end_member();
}

// ---- import

bool is_plain_word(std::string_view text) {
  constexpr std::size_t kLongest = 64;
  return !text.empty() && text.size() <= kLongest && text.front() != '.' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '.' || c == '+' || c == '_' || c == '~';
         });
}

Status check_entry(const BundleEntry& entry) {
  if (!is_plain_word(entry.name) || !is_plain_word(entry.version)) {
    return Error::make(ErrorCode::Corrupt,
                       "{}: the bundle of digest {} has no plain name and version",
                       kIndexName,
                       entry.digest);
  }
  if (entry.size > kUstarLargestFile) {
    return Error::make(ErrorCode::Corrupt,
                       "{}: {} claims {} bytes; at most {} are possible",
                       kIndexName,
                       title_of(entry),
                       entry.size,
                       kUstarLargestFile);
  }
  return ok_status();
}

// One run of an import. What it added is taken away again unless it succeeds.
class Import final {
 public:
  Import(int archive, WallTime now, const BundleBuildOptions& options, const Workspace& workspace)
      : tar_(archive, options.cancelled), now_(now), options_(options), workspace_(workspace) {}
  Import(const Import&) = delete;
  Import& operator=(const Import&) = delete;
  ~Import() {
    for (const std::string& digest : added_)
      ::unlink(blob_path(workspace_.blobs(), digest).c_str());
  }

  Result<std::vector<BundleEntry>> run() {
    TK_TRY(BundleIndex index, BundleIndex::load(workspace_.blobs()));
    TK_TRY(const BundleIndex theirs, read_index());
    TK_TRY_VOID(check_room());
    for (;;) {
      TK_TRY(const std::optional<TarMember> member, tar_.next());
      if (!member) break;
      TK_TRY_VOID(take(*member).context("{}", member->name));
    }
    for (const BundleEntry& entry : theirs.entries()) {
      if (seen_.contains(entry.digest)) continue;
      return Error::make(ErrorCode::Corrupt,
                         "the archive names {} in its index and does not hold it: {}",
                         title_of(entry),
                         entry.digest);
    }
    for (const BundleEntry& entry : theirs.entries()) index.adopt(entry, now_);
    TK_TRY_VOID(index.save(workspace_.blobs()));
    added_.clear();
    return theirs.entries();
  }

 private:
  Result<BundleIndex> read_index() {
    TK_TRY(const std::optional<TarMember> member, tar_.next());
    if (!member || member->name != kIndexName || member->size > kLargestIndex) {
      return Error::make(
          ErrorCode::Corrupt,
          "expected an archive of `tusker bundle export`, which begins with an "
          "{} of at most {} bytes; found {}",
          kIndexName,
          kLargestIndex,
          member ? fmt::format("{} of {} bytes", member->name, member->size) : "an empty archive");
    }
    std::string text;
    for (;;) {
      TK_TRY(const std::string_view piece, tar_.read());
      if (piece.empty()) break;
      text += piece;
    }
    TK_TRY(BundleIndex index, BundleIndex::parse(text).context("{}", kIndexName));
    if (index.entries().size() > kMostEntries)
      return Error::make(
          ErrorCode::Corrupt, "{} has more than {} bundles", kIndexName, kMostEntries);
    for (const BundleEntry& entry : index.entries()) {
      TK_TRY_VOID(check_entry(entry));
      const auto [known, added] = wanted_.emplace(entry.digest, entry);
      if (!added && known->second.size != entry.size)
        return Error::make(ErrorCode::Corrupt, "{} gives {} two sizes", kIndexName, entry.digest);
    }
    return index;
  }

  Status check_room() const {
    std::uint64_t needed = 0;
    for (const auto& [digest, entry] : wanted_) {
      if (!lies_there(entry, workspace_.blobs())) needed += entry.size;
    }
    struct statvfs disk {};
    if (::statvfs(workspace_.blobs().c_str(), &disk) != 0)
      return Error::from_errno(errno, workspace_.blobs());
    const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    if (needed <= free) return ok_status();
    return Error::make(ErrorCode::ResourceExhausted,
                       "the archive needs {} MB in {}, {} MB are free",
                       needed >> 20U,
                       workspace_.blobs(),
                       free >> 20U);
  }

  Status take(const TarMember& member) {
    const auto wanted = wanted_.find(member.name);
    if (wanted == wanted_.end())
      return Error::make(ErrorCode::Corrupt, "{} does not name this file", kIndexName);
    const BundleEntry& entry = wanted->second;
    if (member.size != entry.size) {
      return Error::make(ErrorCode::Corrupt,
                         "expected {} bytes as {} says, found {}",
                         entry.size,
                         kIndexName,
                         member.size);
    }
    if (!seen_.insert(member.name).second)
      return Error(ErrorCode::Corrupt, "the archive holds it twice");
    Pace pace(options_, "read", title_of(entry), entry.size);
    TK_TRY_VOID(lies_there(entry, workspace_.blobs()) ? compare(entry, pace) : store(entry, pace));
    pace.done();
    return ok_status();
  }

  Status compare(const BundleEntry& entry, Pace& pace) {
    Sha256 hash;
    for (;;) {
      TK_TRY(const std::string_view piece, tar_.read());
      if (piece.empty()) break;
      hash.add(piece);
      TK_TRY_VOID(pace.advance(piece.size()));
    }
    if (digest_of(hash) == entry.digest) return ok_status();
    return Error::make(ErrorCode::Corrupt, "it holds other bytes, those of {}", digest_of(hash));
  }

  Status store(const BundleEntry& entry, Pace& pace) {
    const std::string path = workspace_.incoming();
    const UniqueFd file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return Error::from_errno(errno, path);
    for (;;) {
      TK_TRY(const std::string_view piece, tar_.read());
      if (piece.empty()) break;
      TK_TRY_VOID(write_all(file.get(), piece, path));
      TK_TRY_VOID(pace.advance(piece.size()));
    }
    TK_TRY(const Workspace::Blob blob, workspace_.adopt_incoming(entry.digest));
    added_.push_back(blob.digest);
    return ok_status();
  }

  TarReader tar_;
  const WallTime now_;
  const BundleBuildOptions& options_;
  const Workspace& workspace_;
  std::map<std::string, BundleEntry, std::less<>> wanted_;  // by digest
  std::set<std::string> seen_;
  std::vector<std::string> added_;
};

}  // namespace

Result<std::vector<BundleEntry>> export_bundles(int archive, const BundleBuildOptions& options) {
  TK_TRY(const BundleIndex index, BundleIndex::load(options.blobs));
  TK_TRY(std::vector<BundleEntry> set, chosen(index, options));
  BundleIndex theirs;
  for (const BundleEntry& entry : set) theirs.put(entry);
  const std::string text = theirs.to_json();
  TarWriter tar(archive);
  TK_TRY_VOID(tar.begin({std::string(kIndexName), text.size()}));
  TK_TRY_VOID(tar.write(text));
  TK_TRY_VOID(tar.end_member());
  std::set<std::string> written;
  for (const BundleEntry& entry : set) {
    if (written.insert(entry.digest).second) TK_TRY_VOID(write_blob(tar, entry, options));
  }
  TK_TRY_VOID(tar.finish());
  return set;
}

Result<std::vector<BundleEntry>> import_bundles(int archive,
                                                WallTime now,
                                                const BundleBuildOptions& options) {
  TK_TRY(const Workspace workspace, Workspace::open(options.blobs, options.work));
  return Import(archive, now, options, workspace).run();
}

}  // namespace tusker
