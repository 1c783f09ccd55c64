#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/encoding.h"
#include "base/file.h"
#include "base/testing/temporary_folder.h"
#include "bundle/index.h"

namespace tusker {

// A blob folder of a test: an index, and a small file for each of its entries.
class BlobFolder {
 public:
  const std::string& path() const { return folder_.path(); }
  const BundleIndex& index() const { return index_; }

  BundleEntry add(std::string name, BundleKind kind, const std::string& bytes) {
    BundleEntry entry = entry_of(std::move(name), kind, bytes);
    EXPECT_TRUE(write_file_atomic(blob_path(path(), entry.digest), bytes, 0644).ok());
    put(entry);
    return entry;
  }
  BundleEntry add_archive(const BundleEntry& image,
                          const BundleEntry& bundle,
                          const std::string& bytes) {
    BundleEntry entry = entry_of(bundle.name, BundleKind::Archive, bytes);
    entry.archive_of_image = image.digest;
    entry.archive_of_bundle = bundle.digest;
    EXPECT_TRUE(write_file_atomic(blob_path(path(), entry.digest), bytes, 0644).ok());
    put(entry);
    return entry;
  }
  // Only named, without a file.
  void put(const BundleEntry& entry) {
    index_.put(entry);
    EXPECT_TRUE(index_.save(path()).ok());
  }

  static BundleEntry entry_of(std::string name, BundleKind kind, const std::string& bytes) {
    BundleEntry entry;
    entry.name = std::move(name);
    entry.version = "1";
    entry.kind = kind;
    entry.digest = "sha256:" + sha256_hex(bytes);
    entry.size = bytes.size();
    entry.key = "key";
    entry.added = WallTime{5};
    return entry;
  }

 private:
  TemporaryFolder folder_;
  BundleIndex index_;
};

}  // namespace tusker
