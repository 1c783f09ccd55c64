#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/result.h"

namespace tusker {

// A folder that is gone when its owner is, whatever happened in it.
class ScratchFolder {
 public:
  static Result<ScratchFolder> make(const std::string& parent);
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();

  const std::string& path() const { return path_; }
  std::string in(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// The right to change a blob folder, and the places of a build. Held for the length of one build;
// move-only.
class Workspace {
 public:
  // Makes the folders, takes the lock and removes what an earlier build left behind when it was
  // killed. Busy: another build has the lock.
  static Result<Workspace> open(const std::string& blobs, const std::string& work);
  Workspace(Workspace&& other) noexcept = default;
  Workspace& operator=(Workspace&&) = delete;
  // What a build that was cancelled had written so far goes with it.
  ~Workspace();

  const std::string& blobs() const { return blobs_; }
  std::string cache(std::string_view name) const { return work_ + "/cache-" + std::string(name); }
  Result<ScratchFolder> scratch() const { return ScratchFolder::make(work_); }

  // Where a new blob is written before it has its name. On the blobs' file system.
  std::string incoming() const { return blobs_ + "/.incoming"; }

  struct Blob {
    std::string digest;
    std::uint64_t size = 0;
  };
  // Takes the finished file at incoming() into the folder under its digest: whole, on the disk,
  // mode 0644; then it may be put in the index. Corrupt: another digest was expected.
  Result<Blob> adopt_incoming(std::string_view expected = "") const;

 private:
  Workspace(std::string blobs, std::string work, UniqueFd lock)
      : blobs_(std::move(blobs)), work_(std::move(work)), lock_(std::move(lock)) {}
  std::string blobs_;
  std::string work_;
  UniqueFd lock_;
};

}  // namespace tusker
