#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/process.h"
#include "base/result.h"
#include "bundle/index.h"

namespace tusker {

// What is going on, at least every second while something runs.
struct BundleProgress {
  std::string phase;  // "download", "install", "check", "pack", "dump", "done", "kept"
  std::string what;   // "hadoop 3.5.0", "node-image 12.1", "hadoop 3.5.0 archive"
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_total = 0;  // 0: not known; may be an estimate, so bytes_done may pass it
  std::string line;               // the tool's last line of note, for people; may be empty
};

// One artefact of a build, said beforehand.
struct BundleStep {
  std::string name;
  std::string version;
  BundleKind kind = BundleKind::Component;
  bool present = false;  // already in the blob folder: nothing to do
  std::uint64_t download_bytes =
      0;                         // at most about this much; less with warm caches of Maven and apt
  std::uint64_t disk_bytes = 0;  // about what its file will take
  std::string what;              // "Debian packages into a root file system"
};

struct BundleBuildOptions {
  std::string blobs;               // blob folder; made when missing
  std::string work;                // scratch and caches of this builder; empty: BLOBS/.work
  std::vector<std::string> names;  // which bundles; empty: all. Archives come with their component
  bool again = false;              // build also what is present
  std::function<void(const BundleProgress&)> progress;
  std::function<bool()>
      cancelled;  // checked several times a second; true ends the build as Cancelled
};

// Reads a definition's file by its path from the source tree's root; nothing when there is none.
// embedded_file() in production.
using DefinitionReader = std::function<std::optional<std::string>(std::string_view path)>;
DefinitionReader embedded_definitions();

// Makes images, component bundles and archives with the ordinary tools (mmdebstrap, mvn, unzip,
// mksquashfs, java) and puts them into a blob folder under their digests.
//
// After success the index names every artefact asked for. After a failure, a cancellation or a
// crash the index names only whole artefacts, those finished before included, so the next run goes
// on there; no mount outlives the call (they live in mount namespaces of the tools' own) and
// scratch files are removed, at the latest by the next run. One build per blob folder at a time: a
// second is Busy. Needs root (owners of files in the image, mounts). Blocks for minutes: a thread
// of its own. Calls back on that thread only.
class BundleBuilder {
 public:
  BundleBuilder(ProcessRunner& processes,
                const Clock& clock,
                DefinitionReader read,
                std::vector<std::string> definitions);
  // All definitions that come with the program.
  static BundleBuilder embedded(ProcessRunner& processes, const Clock& clock);

  // What build() with these options would do. InvalidArgument: an unknown name, or a definition
  // that is wrong (all faults, with file and line).
  Result<std::vector<BundleStep>> plan(const BundleBuildOptions& options) const;

  // FailedPrecondition: not root, or a program is missing (names the Debian package). Unavailable:
  // no registry and not everything cached (names what is missing). Corrupt: a file differs from the
  // lock. Else the tool, its exit code and last lines.
  Result<BundleIndex> build(const BundleBuildOptions& options) const;

 private:
  ProcessRunner& processes_;
  const Clock& clock_;
  DefinitionReader read_;
  std::vector<std::string> definitions_;  // "components/hadoop", …
};

// Puts the newest image, every component's newest bundle and their archives of one blob folder into
// another, which is made when missing: what Tusker's package brought, into a data folder. What is
// there already keeps its place, and nothing is touched when nothing is missing.
//
// Hard links where both are on one file system: the bytes are there once, and stay when the first
// folder loses them. Elsewhere copies, whose digests are verified. `now` is when they were added.
// Progress as in build().
Status copy_bundles(const std::string& from_blobs,
                    const std::string& to_blobs,
                    WallTime now,
                    const BundleBuildOptions& options = {});

}  // namespace tusker
