#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tusker {

// One artefact that a bundle may have, as bundle.lock says.
struct LockedArtifact {
  std::string sha256;  // lower-case hex
  std::uint64_t size = 0;
  // group:artifact:jar[:classifier]:version of Maven, or name==version of Python, a source archive.
  std::string coordinates;

  bool is_python() const;
  // The name that Maven's dependency plugin gives its copy, artifact-version[-classifier].jar, or
  // pip, name-version.tar.gz.
  std::string file_name() const;
  // Of a source archive: the one folder that everything in it lies in.
  std::string top_folder() const;
  // Its place in a Maven repository: group/artifact/version/file.
  std::string repository_path() const;
};

struct BundleLock {
  std::vector<LockedArtifact> artifacts;

  const LockedArtifact* find(std::string_view coordinates) const;
  std::uint64_t total_bytes() const;
};

// Lines "sha256 bytes coordinates"; # begins a comment. InvalidArgument names `file` and each
// faulty line.
Result<BundleLock> parse_bundle_lock(std::string_view text, std::string_view file);

// Whether the file has exactly the locked size and content; Corrupt says what it has. Reads it
// once.
Status check_artifact(const LockedArtifact& artifact, const std::string& path);

}  // namespace tusker
