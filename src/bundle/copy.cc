#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "base/encoding.h"
#include "base/file.h"
#include "bundle/builder.h"
#include "bundle/tools.h"
#include "bundle/workspace.h"

namespace tusker {
namespace {

// The newest of every name, with the archives that fit; in the index's order.
std::vector<BundleEntry> newest_set(const BundleIndex& index) {
  std::vector<BundleEntry> set;
  for (const BundleEntry& entry : index.entries()) {
    const bool archive = entry.kind == BundleKind::Archive;
    const BundleEntry* image = archive ? index.find(entry.archive_of_image) : nullptr;
    const BundleEntry* bundle = archive ? index.find(entry.archive_of_bundle) : nullptr;
    const bool wanted = archive ? image != nullptr && bundle != nullptr &&
                                      index.newest(image->name, image->kind) == image &&
                                      index.newest(bundle->name, bundle->kind) == bundle &&
                                      index.archive_for(image->digest, bundle->digest) == &entry
                                : index.newest(entry.name, entry.kind) == &entry;
    if (wanted) set.push_back(entry);
  }
  return set;
}

// The file arrives under a name that nobody looks at, is hashed as it lies there, and only then
// gets its own.
Status copy_blob(const BundleEntry& entry, const std::string& from, const Workspace& to) {
  const std::string source = blob_path(from, entry.digest);
  std::error_code error;
  std::filesystem::copy_file(
      source, to.incoming(), std::filesystem::copy_options::overwrite_existing, error);
  if (error) return Error::from_errno(error.value(), source);
  TK_TRY(const std::string hex, sha256_hex_of_file(to.incoming()));
  if ("sha256:" + hex != entry.digest) {
    return Error::make(ErrorCode::Corrupt,
                       "{} holds other bytes (sha256:{}): remove it and build or copy it anew",
                       source,
                       hex);
  }
  TK_TRY(const Workspace::Blob blob, to.adopt_incoming());
  return ok_status();
}

}  // namespace

Status copy_bundles(const std::string& from_blobs,
                    const std::string& to_blobs,
                    const BundleBuildOptions& options) {
  TK_TRY(const BundleIndex from, BundleIndex::load(from_blobs));
  const std::vector<BundleEntry> wanted = newest_set(from);
  if (wanted.empty())
    return Error::make(
        ErrorCode::NotFound, "{} has no bundles: run `tusker bundle build` first", from_blobs);
  TK_TRY(const Workspace workspace, Workspace::open(to_blobs, options.work));
  TK_TRY(BundleIndex to, BundleIndex::load(to_blobs));
  SystemProcessRunner no_tool;
  const SystemClock clock;
  for (const BundleEntry& entry : wanted) {
    const Tools tools(no_tool,
                      clock,
                      options,
                      fmt::format("{} {} {}", entry.name, entry.version, to_string(entry.kind)));
    TK_TRY_VOID(tools.go_on());
    tools.say("copy", entry.digest, 0, entry.size);
    if (!path_exists(blob_path(to_blobs, entry.digest)))
      TK_TRY_VOID(copy_blob(entry, from_blobs, workspace));
    to.put(entry);
    TK_TRY_VOID(to.save(to_blobs));
    tools.say("done", entry.digest, entry.size, entry.size);
  }
  return ok_status();
}

}  // namespace tusker
