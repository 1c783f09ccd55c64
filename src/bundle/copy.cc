#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "bundle/builder.h"
#include "bundle/tools.h"
#include "bundle/workspace.h"

namespace tusker {
namespace {

Error not_whole(const std::string& path) {
  return Error::make(
      ErrorCode::Corrupt, "{} holds other bytes: remove it and build or copy it anew", path);
}

// A copy arrives under a name that nobody looks at, is hashed as it lies there, and only then gets
// its own.
Status copy_blob(const BundleEntry& entry, const std::string& from, const Workspace& to) {
  const std::string source = blob_path(from, entry.digest);
  std::error_code error;
  std::filesystem::copy_file(
      source, to.incoming(), std::filesystem::copy_options::overwrite_existing, error);
  if (error) return Error::from_errno(error.value(), source);
  const Result<Workspace::Blob> blob = to.adopt_incoming(entry.digest);
  if (blob.ok()) return ok_status();
  return blob.error().code() == ErrorCode::Corrupt ? not_whole(source) : blob.error();
}

Status provide_blob(const BundleEntry& entry, const std::string& from, const Workspace& to) {
  const std::string source = blob_path(from, entry.digest);
  const std::string target = blob_path(to.blobs(), entry.digest);
  if (!lies_there(entry, from)) return not_whole(source);
  ::unlink(target.c_str());  // there and cut, or not there
  // Another file system, or one that knows no links: whatever the reason, a copy does as well.
  if (::link(source.c_str(), target.c_str()) == 0) return ok_status();
  return copy_blob(entry, from, to);
}

bool has(const BundleIndex& index, const BundleEntry& entry, const std::string& blobs) {
  return index.find(entry.digest) != nullptr && lies_there(entry, blobs);
}

}  // namespace

Status copy_bundles(const std::string& from_blobs,
                    const std::string& to_blobs,
                    WallTime now,
                    const BundleBuildOptions& options) {
  TK_TRY(const BundleIndex from, BundleIndex::load(from_blobs));
  std::vector<BundleEntry> wanted = from.newest_set();
  if (wanted.empty())
    return Error::make(
        ErrorCode::NotFound, "{} has no bundles: run `tusker bundle build` first", from_blobs);
  TK_TRY(const BundleIndex before, BundleIndex::load(to_blobs));
  std::erase_if(wanted, [&](const BundleEntry& entry) { return has(before, entry, to_blobs); });
  if (wanted.empty()) return ok_status();
  TK_TRY(const Workspace workspace, Workspace::open(to_blobs, options.work));
  TK_TRY(BundleIndex to, BundleIndex::load(to_blobs));
  SystemProcessRunner no_tool;
  const SystemClock clock;
  for (const BundleEntry& entry : wanted) {
    const Tools tools(no_tool, clock, options, title_of(entry));
    TK_TRY_VOID(tools.go_on());
    tools.say("copy", entry.digest, 0, entry.size);
    if (!lies_there(entry, to_blobs)) TK_TRY_VOID(provide_blob(entry, from_blobs, workspace));
    to.adopt(entry, now);
    TK_TRY_VOID(to.save(to_blobs));
    tools.say("done", entry.digest, entry.size, entry.size);
  }
  return ok_status();
}

}  // namespace tusker
