#include "bundle/builder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/encoding.h"
#include "base/file.h"
#include "base/testing/temporary_folder.h"
#include "bundle/testing/blob_folder.h"

// Real builds with the real mksquashfs; only Maven is replaced, by what it would have left behind.
// Root, as a build is.
namespace tusker {
namespace {

namespace fs = std::filesystem;

// Delivers jars instead of running mvn; runs everything else.
class MavenWithoutRegistry final : public ProcessRunner {
 public:
  std::map<std::string, std::string> jars;  // lib/…, extra/… -> content
  std::string failure;                      // what mvn says when it fails
  int runs = 0;

  Result<Finished> run(const Command& command) override {
    ++runs;
    const auto mvn = std::ranges::find(command.argv, "mvn");
    if (mvn == command.argv.end()) return system_.run(command);
    if (!failure.empty()) return Finished{1, failure};
    for (const std::string& word : command.argv) {
      if (word.starts_with("-Dtusker.out=")) deliver(word.substr(13));
    }
    return Finished{};
  }

 private:
  void deliver(const std::string& out) const {
    for (const auto& [name, content] : jars) {
      ASSERT_TRUE(ensure_directory(fs::path(out + "/" + name).parent_path(), 0755).ok());
      ASSERT_TRUE(write_file_atomic(out + "/" + name, content, 0600).ok());
    }
  }
  SystemProcessRunner system_;
};

class BundleBuild : public ::testing::Test {
 protected:
  BundleBuild() {
    maven.jars = {
        {"lib/core-1.jar", "core"}, {"lib/Base-1.jar", "base"}, {"extra/extra-1.jar", "extra"}};
    files = {{"components/tool/bundle.yaml", R"(schema: bundle/v1
name: tool
version: 1.0
kind: component
mount: /opt/tool
maven:
  pom: pom.xml
  lock: bundle.lock
  class_path: lib
  copy: { "a:extra:jar:1": share/extra.jar }
files: { bin/run: { content: "#!/bin/sh\n", mode: "0755" } }
links: { bin/go: run }
)"},
             {"components/tool/pom.xml", "<project/>"},
             {"components/tool/bundle.lock",
              locked("core", "a:core:jar:1") + locked("base", "a:Base:jar:1") +
                  locked("extra", "a:extra:jar:1")}};
  }

  static std::string locked(const std::string& content, const std::string& coordinates) {
    return fmt::format("{} {} {}\n", sha256_hex(content), content.size(), coordinates);
  }

  BundleBuilder builder() {
    return BundleBuilder(maven,
                         clock,
                         [this](std::string_view path) -> std::optional<std::string> {
                           const auto found = files.find(std::string(path));
                           return found == files.end() ? std::nullopt
                                                       : std::optional(found->second);
                         },
                         {"components/tool"});
  }

  BundleBuildOptions into(const TemporaryFolder& folder) {
    BundleBuildOptions options;
    options.blobs = folder.path();
    options.progress = [this](const BundleProgress& progress) { phases.push_back(progress.phase); };
    return options;
  }

  static void expect_no_leftovers(const TemporaryFolder& folder) {
    EXPECT_FALSE(path_exists(folder.path() + "/.incoming"));
    for (const auto& entry : fs::directory_iterator(folder.path() + "/.work")) {
      EXPECT_FALSE(entry.path().filename().string().starts_with("scratch")) << entry.path();
    }
  }

  MavenWithoutRegistry maven;
  SystemClock clock;
  std::map<std::string, std::string> files;
  std::vector<std::string> phases;
};

TEST_F(BundleBuild, RegistersWhatItPackedUnderTheDigestOfItsBytes) {
  const TemporaryFolder folder;
  const auto index = builder().build(into(folder));
  ASSERT_TRUE(index.ok()) << index.error().message();
  const BundleEntry* entry = index->newest("tool", BundleKind::Component);
  ASSERT_NE(entry, nullptr);
  const std::string blob = blob_path(folder.path(), entry->digest);
  EXPECT_EQ("sha256:" + *sha256_hex_of_file(blob), entry->digest);
  EXPECT_EQ(fs::file_size(blob), entry->size);
  EXPECT_EQ(entry->class_path,
            (std::vector<std::string>{"/opt/tool/lib/Base-1.jar", "/opt/tool/lib/core-1.jar"}));
  EXPECT_EQ(BundleIndex::load(folder.path())->entries(), index->entries());
  expect_no_leftovers(folder);
}

TEST_F(BundleBuild, GivesTheSameBytesWheneverAndWhereverItRuns) {
  const TemporaryFolder here;
  const TemporaryFolder there;
  const auto first = builder().build(into(here));
  ::umask(077);
  const auto second = builder().build(into(there));
  ::umask(022);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->entries()[0].digest, second->entries()[0].digest);
}

TEST_F(BundleBuild, RunsNothingWhenAllIsThereAndBuildsAgainWhenTheFileIsGone) {
  const TemporaryFolder folder;
  const auto first = builder().build(into(folder));
  ASSERT_TRUE(first.ok());
  maven.runs = 0;
  EXPECT_TRUE((*builder().plan(into(folder)))[0].present);
  ASSERT_TRUE(builder().build(into(folder)).ok());
  EXPECT_EQ(maven.runs, 0);
  EXPECT_EQ(phases.back(), "kept");

  fs::remove(blob_path(folder.path(), first->entries()[0].digest));
  EXPECT_FALSE((*builder().plan(into(folder)))[0].present);
  const auto again = builder().build(into(folder));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->entries().size(), 1U);
  EXPECT_TRUE(path_exists(blob_path(folder.path(), again->entries()[0].digest)));
}

TEST_F(BundleBuild, UsesNothingOfADeliveryThatDiffersFromTheLock) {
  const TemporaryFolder folder;
  maven.jars["lib/core-1.jar"] = "CORE";
  maven.jars["lib/surprise-1.jar"] = "?";
  maven.jars.erase("lib/Base-1.jar");
  const auto index = builder().build(into(folder));
  ASSERT_FALSE(index.ok());
  EXPECT_EQ(index.error().code(), ErrorCode::Corrupt);
  for (const char* wanted :
       {"a:core:jar:1 has SHA-256", "surprise-1.jar is not in the lock", "Base-1.jar"}) {
    EXPECT_NE(index.error().message().find(wanted), std::string::npos) << index.error().message();
  }
  EXPECT_TRUE(BundleIndex::load(folder.path())->entries().empty());
  expect_no_leftovers(folder);
}

TEST_F(BundleBuild, SaysWhichArtefactsAreMissingWithoutANetwork) {
  const TemporaryFolder folder;
  maven.failure = "[ERROR] Could not transfer artifact a:core:pom:1: Unknown host\n";
  const auto index = builder().build(into(folder));
  ASSERT_FALSE(index.ok());
  EXPECT_EQ(index.error().code(), ErrorCode::Unavailable);
  EXPECT_NE(index.error().message().find(
                "missing are 3 of 3 artefacts: a:core:jar:1, a:Base:jar:1, a:extra:jar:1"),
            std::string::npos)
      << index.error().message();
  EXPECT_EQ(maven.runs, 2);  // the second time with its cache alone
}

TEST_F(BundleBuild, NamesToolExitCodeAndLastLinesOfAFailure) {
  const TemporaryFolder folder;
  maven.failure = "[ERROR] the POM is broken\n";
  const auto index = builder().build(into(folder));
  ASSERT_FALSE(index.ok());
  EXPECT_NE(index.error().message().find("mvn ended with exit code 1: [ERROR] the POM is broken"),
            std::string::npos)
      << index.error().message();
}

TEST_F(BundleBuild, RegistersNothingWhenCancelledAndGoesOnLater) {
  const TemporaryFolder folder;
  for (int checks = 0; checks < 5; ++checks) {
    SCOPED_TRACE(checks);
    BundleBuildOptions options = into(folder);
    int left = checks;
    options.cancelled = [&left] { return left-- <= 0; };
    const auto index = builder().build(options);
    if (index.ok()) break;
    EXPECT_EQ(index.error().code(), ErrorCode::Cancelled) << index.error().message();
    EXPECT_TRUE(BundleIndex::load(folder.path())->entries().empty());
    expect_no_leftovers(folder);
  }
  EXPECT_TRUE(builder().build(into(folder)).ok());
}

TEST_F(BundleBuild, RefusesAnUnknownNameWithTheNearest) {
  const TemporaryFolder folder;
  BundleBuildOptions options = into(folder);
  options.names = {"tol"};
  const auto steps = builder().plan(options);
  ASSERT_FALSE(steps.ok());
  EXPECT_EQ(steps.error().message(),
            "there is no bundle \"tol\"; did you mean \"tool\"?; there are: tool");
}

TEST_F(BundleBuild, CopiesOnlyWhatIsWholeAndTheNewest) {
  const TemporaryFolder folder;
  const TemporaryFolder other;
  const auto index = builder().build(into(folder));
  ASSERT_TRUE(index.ok());
  ASSERT_TRUE(copy_bundles(folder.path(), other.path(), WallTime{}).ok());
  const BundleIndex copied = *BundleIndex::load(other.path());
  ASSERT_EQ(copied.entries().size(), 1U);
  EXPECT_EQ(copied.find(index->entries()[0].digest)->key, index->entries()[0].key);

  const TemporaryFolder third;
  ASSERT_TRUE(
      write_file_atomic(blob_path(folder.path(), index->entries()[0].digest), "other bytes", 0644)
          .ok());
  EXPECT_EQ(copy_bundles(folder.path(), third.path(), WallTime{}).error().code(),
            ErrorCode::Corrupt);
  EXPECT_TRUE(BundleIndex::load(third.path())->entries().empty());
}

TEST(CopyBundles, SharesTheBytesAndKeepsThemWhenTheFirstFolderLosesThem) {
  BlobFolder from;
  const BundleEntry image = from.add("node-image", BundleKind::Image, "image bytes");
  const TemporaryFolder to;
  ASSERT_TRUE(copy_bundles(from.path(), to.path(), WallTime{9}).ok());
  struct stat info {};
  ASSERT_EQ(::stat(blob_path(to.path(), image.digest).c_str(), &info), 0);
  EXPECT_EQ(info.st_nlink, 2U);
  std::filesystem::remove(blob_path(from.path(), image.digest));
  EXPECT_EQ(*read_file(blob_path(to.path(), image.digest)), "image bytes");
}

TEST(CopyBundles, LeavesWhatIsThereInItsPlaceAndAddsWhatIsNewAsTheNewest) {
  BlobFolder from;
  const BundleEntry first = from.add("hadoop", BundleKind::Component, "first");
  const TemporaryFolder to;
  ASSERT_TRUE(copy_bundles(from.path(), to.path(), WallTime{9}).ok());
  BundleIndex built = *BundleIndex::load(to.path());
  const BundleEntry own = BlobFolder::entry_of("hadoop", BundleKind::Component, "built here");
  built.put(own);
  ASSERT_TRUE(built.save(to.path()).ok());
  ASSERT_TRUE(copy_bundles(from.path(), to.path(), WallTime{10}).ok());
  EXPECT_EQ(BundleIndex::load(to.path())->entries(), built.entries());

  const BundleEntry second = from.add("hadoop", BundleKind::Component, "second");
  ASSERT_TRUE(copy_bundles(from.path(), to.path(), WallTime{11}).ok());
  const BundleIndex index = *BundleIndex::load(to.path());
  EXPECT_EQ(index.newest("hadoop", BundleKind::Component)->digest, second.digest);
  EXPECT_NE(index.find(first.digest), nullptr);
}

TEST(CopyBundles, MendsAFileThatIsCut) {
  BlobFolder from;
  const BundleEntry image = from.add("node-image", BundleKind::Image, "image bytes");
  const TemporaryFolder to;
  ASSERT_TRUE(copy_bundles(from.path(), to.path(), WallTime{9}).ok());
  ASSERT_TRUE(write_file_atomic(blob_path(to.path(), image.digest), "image", 0644).ok());
  ASSERT_TRUE(copy_bundles(from.path(), to.path(), WallTime{9}).ok());
  EXPECT_EQ(*read_file(blob_path(to.path(), image.digest)), "image bytes");
}

}  // namespace
}  // namespace tusker
