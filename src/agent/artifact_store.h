#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "agent/blob_source.h"
#include "agent/host_layout.h"
#include "base/guarded.h"
#include "base/result.h"

namespace tusker {

enum class ArtifactKind { Squashfs, Plain };

struct Artifact {
  std::string digest;
  std::uint64_t size = 0;  // 0: not known
  ArtifactKind kind = ArtifactKind::Squashfs;
};

// Bundles and images on this host: fetched once, verified, read-only files in DATA/agent/blobs;
// squashfs ones mounted once for all nodes in DATA/agent/mounts, so that nodes share their page
// cache.
//
// Found again after a crash by what is there: a blob's final name is given only to verified bytes.
// Any thread.
class ArtifactStore {
 public:
  ArtifactStore(const HostLayout& host, BlobSource& source) : host_(host), source_(source) {}

  // The file is there and verified, and mounted if it is a squashfs. Blocks for as long as fetching
  // takes; several callers for one digest share the work. Corrupt: what came has another digest.
  Status ensure(const Artifact& artifact);
  // Small files that rendered configuration names by digest: content in memory, kept on disk like
  // artifacts.
  Result<std::string> content(const std::string& digest);

  // Removes what a crash left half fetched. At start, before anything is fetched.
  Status remove_partial();

  bool is_present(const Artifact& artifact) const;
  // Bytes fetched so far of one that is under way; 0 otherwise.
  std::uint64_t progress(const std::string& digest) const;

  // Where a node finds it on the host: the mount or the file.
  std::string path(const Artifact& artifact) const;

 private:
  Status fetch(const std::string& digest, std::uint64_t size);
  Status ensure_mounted(const std::string& digest);

  const HostLayout host_;
  BlobSource& source_;
  std::mutex work_;  // guards nothing but the order: one artifact is made at a time, so mounts are
                     // never doubled
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> progress_ TK_GUARDED_BY(mutex_);
};

}  // namespace tusker
