#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace tusker {

enum class BundleKind {
  Image,      // root file system of nodes, squashfs
  Component,  // jars and the like, squashfs
  Archive,    // class-data-sharing archive, plain file
};
std::string_view to_string(BundleKind kind);  // "image", "component", "archive": as in index.json

// One artefact that lies in the blob folder under its digest.
struct BundleEntry {
  std::string name;     // "hadoop"; an archive has the name of its component
  std::string version;  // "3.5.0"
  BundleKind kind = BundleKind::Component;
  std::string digest;      // "sha256:…", also the file's name
  std::uint64_t size = 0;  // bytes
  std::string key;         // of the inputs it was made from: equal keys need no second build
  WallTime added;
  // jre, debian, arch of an image; mount of a component; jre, path of an archive.
  std::map<std::string, std::string> facts;
  std::vector<std::string>
      class_path;  // component: its jars as paths in a node, in the order of the class path
  std::string archive_of_image;  // archive: digests of what it is valid with, and with nothing else
  std::string archive_of_bundle;

  friend bool operator==(const BundleEntry&, const BundleEntry&) = default;
};

// index.json of a blob folder: what lies there, oldest first. Entries of earlier builds stay, since
// nodes may be pinned to them.
//
// A value. Writing needs the folder's lock (builder.h); reading needs nothing, since the file is
// replaced in one step.
class BundleIndex {
 public:
  // Corrupt when it is not an index that this version understands.
  static Result<BundleIndex> parse(std::string_view json);
  // Empty when the folder has none.
  static Result<BundleIndex> load(const std::string& blobs);

  const std::vector<BundleEntry>& entries() const { return entries_; }
  // The last one added of this name and kind, or nullptr. Valid until the next put().
  const BundleEntry* newest(std::string_view name, BundleKind kind) const;
  const BundleEntry* find(std::string_view digest) const;
  const BundleEntry* with_key(std::string_view name, BundleKind kind, std::string_view key) const;
  // The archive made for exactly these two, or nullptr: nodes then start slower.
  const BundleEntry* archive_for(std::string_view image_digest,
                                 std::string_view bundle_digest) const;

  // What new nodes are made from: the newest of every name, with the archives that fit; in this
  // order.
  std::vector<BundleEntry> newest_set() const;

  // Adds it as the newest; an entry of the same digest, name and kind is replaced.
  void put(BundleEntry entry);
  // Adds an entry of another folder's index as the newest of this one. One that is known keeps its
  // place.
  void adopt(BundleEntry entry, WallTime now);

  std::string to_json() const;
  // Replaces the folder's index.json in one step, readable by all.
  Status save(const std::string& blobs) const;

 private:
  std::vector<BundleEntry> entries_;
};

// Path of an artefact's file. Digests come from a parsed index, so they are well formed.
std::string blob_path(const std::string& blobs, std::string_view digest);

// Whether its file is there and whole, as far as its size tells: digests are checked when files
// come, and by those who use them.
bool lies_there(const BundleEntry& entry, const std::string& blobs);

// "hadoop 3.5.0 archive": what a bundle is called in progress and messages.
std::string title_of(const BundleEntry& entry);

}  // namespace tusker
