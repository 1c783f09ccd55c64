#include "bundle/index.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/file.h"
#include "base/testing/temporary_folder.h"

namespace tusker {
namespace {

std::string digest(char c) {
  return "sha256:" + std::string(64, c);
}

BundleEntry entry(std::string name, BundleKind kind, char c) {
  BundleEntry out;
  out.name = std::move(name);
  out.version = "1";
  out.kind = kind;
  out.digest = digest(c);
  out.size = 7;
  out.key = "key";
  out.added = WallTime{5};
  out.facts = {{"jre", "17.0.1 \"quoted\""}};
  if (kind == BundleKind::Component) out.class_path = {"/opt/a.jar", "/opt/b.jar"};
  return out;
}

BundleEntry archive(char c, char image, char bundle) {
  BundleEntry out = entry("hadoop", BundleKind::Archive, c);
  out.archive_of_image = digest(image);
  out.archive_of_bundle = digest(bundle);
  return out;
}

TEST(BundleIndex, SaysTheSameAfterBeingWrittenAndRead) {
  BundleIndex index;
  index.put(entry("node-image", BundleKind::Image, 'a'));
  index.put(entry("hadoop", BundleKind::Component, 'b'));
  index.put(archive('c', 'a', 'b'));
  const Result<BundleIndex> again = BundleIndex::parse(index.to_json());
  ASSERT_TRUE(again.ok()) << again.error().message();
  EXPECT_EQ(again->entries(), index.entries());
}

TEST(BundleIndex, TakesTheLastAddedAsTheNewestAndKeepsTheOthers) {
  BundleIndex index;
  index.put(entry("hadoop", BundleKind::Component, 'a'));
  index.put(entry("hadoop", BundleKind::Component, 'b'));
  EXPECT_EQ(index.newest("hadoop", BundleKind::Component)->digest, digest('b'));
  EXPECT_NE(index.find(digest('a')), nullptr);
  index.put(entry("hadoop", BundleKind::Component, 'a'));
  EXPECT_EQ(index.newest("hadoop", BundleKind::Component)->digest, digest('a'));
  EXPECT_EQ(index.entries().size(), 2U);
  EXPECT_EQ(index.newest("hadoop", BundleKind::Image), nullptr);
}

TEST(BundleIndex, GivesAnArchiveOnlyForTheImageAndBundleThatItWasMadeFor) {
  BundleIndex index;
  index.put(archive('c', 'a', 'b'));
  EXPECT_NE(index.archive_for(digest('a'), digest('b')), nullptr);
  EXPECT_EQ(index.archive_for(digest('a'), digest('d')), nullptr);
  EXPECT_EQ(index.archive_for(digest('d'), digest('b')), nullptr);
}

TEST(BundleIndex, IsEmptyForAFolderWithoutOneAndReadableByOthersOnceSaved) {
  const TemporaryFolder folder;
  EXPECT_TRUE(BundleIndex::load(folder.path())->entries().empty());
  BundleIndex index;
  index.put(entry("node-image", BundleKind::Image, 'a'));
  ASSERT_TRUE(index.save(folder.path()).ok());
  EXPECT_EQ(BundleIndex::load(folder.path())->entries(), index.entries());
  struct stat status {};
  ASSERT_EQ(::stat((folder.path() + "/index.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0644U);
}

TEST(BundleIndex, RefusesWhatCouldNameAnotherFile) {
  const std::string good =
      R"({"format": 1, "bundles": [{"name": "a", "kind": "image", "size": 1, "digest": ")";
  EXPECT_TRUE(BundleIndex::parse(good + digest('a') + "\"}]}").ok());
  for (const std::string& bad : {std::string("sha256:../../etc/passwd"),
                                 std::string("../index.json"),
                                 digest('A'),
                                 std::string()}) {
    const auto parsed = BundleIndex::parse(good + bad + "\"}]}");
    ASSERT_FALSE(parsed.ok()) << bad;
    EXPECT_EQ(parsed.error().code(), ErrorCode::Corrupt);
  }
}

TEST(BundleIndex, RefusesOtherFormatsAndOtherTextsWithAReason) {
  const auto newer = BundleIndex::parse(R"({"format": 2, "bundles": []})");
  ASSERT_FALSE(newer.ok());
  EXPECT_NE(newer.error().message().find("format 2, this version reads 1"), std::string::npos);
  for (const char* text :
       {"", "[]", "{", R"({"format": "1", "bundles": []})", R"({"format": 1, "bundles": [3]})"}) {
    EXPECT_FALSE(BundleIndex::parse(text).ok()) << text;
  }
  EXPECT_FALSE(BundleIndex::parse(std::string(100000, '[')).ok());
}

}  // namespace
}  // namespace tusker
