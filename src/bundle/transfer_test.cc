#include "bundle/transfer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "base/ustar_header.h"
#include "bundle/tar_stream.h"
#include "bundle/testing/blob_folder.h"

namespace tusker {
namespace {

constexpr WallTime kNow{1000};

// A tar file made by hand, with whatever is wrong in it.
class HandMade {
 public:
  HandMade& member(const std::string& name, const std::string& content, char type = '0') {
    const auto block =
        write_ustar_header({.path = name, .type = type, .mode = 0644, .size = content.size()});
    EXPECT_TRUE(block.ok());
    bytes_.append(block->data(), block->size());
    bytes_ += content;
    bytes_.append(ustar_padding(content.size()), '\0');
    return *this;
  }
  HandMade& index(const BundleIndex& index) { return member("index.json", index.to_json()); }
  HandMade& raw(const std::string& bytes) {
    bytes_ += bytes;
    return *this;
  }
  std::string ended() const { return bytes_ + std::string(2 * kUstarBlock, '\0'); }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

class Transfer : public ::testing::Test {
 protected:
  Transfer() {
    image_ = from_.add("node-image", BundleKind::Image, "image bytes");
    hadoop_ = from_.add("hadoop", BundleKind::Component, std::string(3 << 20, 'h'));
    spark_ = from_.add("spark", BundleKind::Component, "spark bytes");
    archive_ = from_.add_archive(image_, hadoop_, "archive bytes");
  }

  Result<std::vector<BundleEntry>> write(const std::vector<std::string>& names = {}) {
    BundleBuildOptions options;
    options.blobs = from_.path();
    options.names = names;
    const UniqueFd file(::open(tar_path().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    return export_bundles(file.get(), options);
  }
  Result<std::vector<BundleEntry>> read(const BundleBuildOptions& more = {}) {
    BundleBuildOptions options = more;
    options.blobs = to();
    const UniqueFd file(::open(tar_path().c_str(), O_RDONLY | O_CLOEXEC));
    return import_bundles(file.get(), kNow, options);
  }
  // What an import of these bytes says; it must leave nothing.
  std::string refusal_of(const std::string& bytes) {
    EXPECT_TRUE(write_file_atomic(tar_path(), bytes, 0600).ok());
    const auto read_in = read();
    EXPECT_FALSE(read_in.ok());
    EXPECT_EQ(blobs_of(to()), std::set<std::string>());
    EXPECT_TRUE(BundleIndex::load(to())->entries().empty());
    return read_in.ok() ? "" : read_in.error().message();
  }

  static std::set<std::string> blobs_of(const std::string& folder) {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const std::string name = entry.path().filename();
      if (name != "index.json" && name != ".lock" && name != ".work") names.insert(name);
    }
    return names;
  }
  std::string tar_path() const { return outside_.path() + "/bundles.tar"; }
  std::string to() const { return outside_.path() + "/blobs"; }

  BlobFolder from_;
  TemporaryFolder outside_;
  BundleEntry image_, hadoop_, spark_, archive_;
};

TEST_F(Transfer, MovesAllThatNodesAreMadeFromAndNothingOlder) {
  from_.add("hadoop", BundleKind::Component, "an older one");
  from_.put(hadoop_);  // the newest again
  ASSERT_TRUE(write().ok());
  const auto moved = read();
  ASSERT_TRUE(moved.ok()) << moved.error().message();
  EXPECT_EQ(blobs_of(to()),
            (std::set<std::string>{image_.digest, hadoop_.digest, spark_.digest, archive_.digest}));
  const Result<BundleIndex> index = BundleIndex::load(to());
  ASSERT_EQ(index->entries().size(), 4U);
  EXPECT_EQ(index->archive_for(image_.digest, hadoop_.digest)->digest, archive_.digest);
  EXPECT_EQ(*read_file(blob_path(to(), hadoop_.digest)), std::string(3 << 20, 'h'));
  EXPECT_FALSE(path_exists(to() + "/.incoming"));
}

TEST_F(Transfer, IsReadByTarAndReadsWhatTarWrote) {
  ASSERT_TRUE(write().ok());
  SystemProcessRunner runner;
  const std::string folder = outside_.path() + "/unpacked";
  ASSERT_TRUE(ensure_directory(folder, 0755).ok());
  ASSERT_TRUE(runner.output_of({.argv = {"tar", "-xf", tar_path(), "-C", folder}}).ok());
  EXPECT_EQ(blobs_of(folder).size(), 4U);
  std::vector<std::string> again = {"tar", "-cf", tar_path(), "-C", folder, "index.json"};
  for (const std::string& name : blobs_of(folder)) again.push_back(name);
  ASSERT_TRUE(runner.output_of({.argv = again}).ok());
  const auto moved = read();
  ASSERT_TRUE(moved.ok()) << moved.error().message();
  EXPECT_EQ(blobs_of(to()), blobs_of(folder));
}

TEST_F(Transfer, TakesTheComponentsThatAreNamedAndTheImage) {
  ASSERT_TRUE(write({"spark"}).ok());
  ASSERT_TRUE(read().ok());
  EXPECT_EQ(blobs_of(to()), (std::set<std::string>{image_.digest, spark_.digest}));
  EXPECT_EQ(write({"sparc"}).error().message(),
            fmt::format("there is no bundle \"sparc\" in {}; did you mean \"spark\"?; there are: "
                        "node-image, hadoop, spark",
                        from_.path()));
}

TEST_F(Transfer, ChangesNothingTheSecondTime) {
  ASSERT_TRUE(write().ok());
  ASSERT_TRUE(read().ok());
  const std::string index = *read_file(to() + "/index.json");
  ASSERT_TRUE(read().ok());
  EXPECT_EQ(*read_file(to() + "/index.json"), index);
}

TEST_F(Transfer, MakesWhatIsNewTheNewestWhateverTheClocksSay) {
  BundleIndex there;
  BundleEntry own = BlobFolder::entry_of("hadoop", BundleKind::Component, "built here");
  own.added = WallTime{kNow.ms + 77};
  there.put(own);
  ASSERT_TRUE(ensure_directory(to(), 0755).ok());
  ASSERT_TRUE(there.save(to()).ok());
  ASSERT_TRUE(write().ok());
  ASSERT_TRUE(read().ok());
  const Result<BundleIndex> index = BundleIndex::load(to());
  EXPECT_EQ(index->newest("hadoop", BundleKind::Component)->digest, hadoop_.digest);
  EXPECT_GE(index->find(hadoop_.digest)->added, own.added);
  EXPECT_EQ(*index->find(own.digest), own);
}

TEST_F(Transfer, ExportsNothingThatHoldsOtherBytesThanItsNameSays) {
  ASSERT_TRUE(write_file_atomic(blob_path(from_.path(), spark_.digest), "other bytes", 0644).ok());
  const auto written = write();
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code(), ErrorCode::Corrupt);
  EXPECT_NE(written.error().message().find(spark_.digest), std::string::npos);
}

TEST_F(Transfer, RefusesBytesThatAreNotThoseOfTheName) {
  const std::string message = refusal_of(HandMade()
                                             .index(from_.index())
                                             .member(image_.digest, "image bytes")
                                             .member(spark_.digest, "SPARK bytes")
                                             .ended());
  EXPECT_TRUE(message.starts_with(spark_.digest + ": ")) << message;
  EXPECT_NE(message.find("found those of sha256:"), std::string::npos) << message;
}

TEST_F(Transfer, RefusesOtherBytesAlsoOfWhatIsThereAlready) {
  ASSERT_TRUE(write().ok());
  ASSERT_TRUE(read().ok());
  const std::string bad =
      HandMade().index(from_.index()).member(spark_.digest, "SPARK bytes").ended();
  ASSERT_TRUE(write_file_atomic(tar_path(), bad, 0600).ok());
  EXPECT_EQ(read().error().code(), ErrorCode::Corrupt);
  EXPECT_EQ(blobs_of(to()).size(), 4U);
}

TEST_F(Transfer, RefusesNamesThatTheIndexDoesNotHave) {
  for (const std::string name : {"../evil",
                                 "/etc/passwd",
                                 "./index.json",
                                 "sha256:../../evil",
                                 "index.json",
                                 ".lock",
                                 "sha256:\033[2J"}) {
    const std::string message =
        refusal_of(HandMade().index(from_.index()).member(name, "evil").ended());
    EXPECT_NE(message.find("index.json does not name this file"), std::string::npos) << message;
    EXPECT_EQ(message.find('\033'), std::string::npos);
  }
  EXPECT_FALSE(path_exists(outside_.path() + "/evil"));
}

TEST_F(Transfer, RefusesEverythingButPlainFiles) {
  for (const char type : {'1', '2', '3', '4', '5', '6', '7', 'x', 'g', 'L', 'S', '\033'}) {
    const std::string message =
        refusal_of(HandMade().index(from_.index()).member(spark_.digest, "", type).ended());
    EXPECT_NE(message.find("expected a plain file, found"), std::string::npos) << message;
    EXPECT_EQ(message.find('\033'), std::string::npos);
  }
}

TEST_F(Transfer, RefusesAnArchiveThatIsCut) {
  ASSERT_TRUE(write().ok());
  const std::string whole = *read_file(tar_path());
  for (const std::size_t size : {std::size_t{0},
                                 std::size_t{100},
                                 std::size_t{600},
                                 whole.size() / 2,
                                 whole.size() - 2 * kUstarBlock,
                                 whole.size() - 2 * kUstarBlock - 700}) {
    SCOPED_TRACE(size);
    refusal_of(whole.substr(0, size));
  }
  const std::string message =
      refusal_of(HandMade().index(from_.index()).member(image_.digest, "image bytes").ended());
  EXPECT_NE(message.find("the archive names hadoop 1 in its index and does not hold it"),
            std::string::npos)
      << message;
}

TEST_F(Transfer, RefusesSizesThatTheIndexDoesNotSay) {
  EXPECT_NE(
      refusal_of(
          HandMade().index(from_.index()).member(spark_.digest, std::string(1 << 20, 'x')).ended())
          .find("expected 11 bytes as index.json says, found 1048576"),
      std::string::npos);
}

TEST_F(Transfer, RefusesMoreThanIsFreeBeforeItWritesAnything) {
  BundleIndex index;
  for (int i = 0; i < 900; ++i) {
    BundleEntry entry = BlobFolder::entry_of("big", BundleKind::Component, std::to_string(i));
    entry.size = kUstarLargestFile;
    index.put(entry);
  }
  EXPECT_NE(refusal_of(HandMade().index(index).ended()).find("the archive needs 7372"),
            std::string::npos);
}

TEST_F(Transfer, RefusesAnIndexThatIsNone) {
  const auto with = [this](const BundleEntry& entry) {
    BundleIndex index;
    index.put(entry);
    return refusal_of(HandMade().index(index).ended());
  };
  BundleEntry entry = spark_;
  entry.name = "../spark";
  EXPECT_NE(with(entry).find("no plain name"), std::string::npos);
  entry.name = "spark\033[2J";
  EXPECT_EQ(with(entry).find('\033'), std::string::npos);
  entry = spark_;
  entry.size = kUstarLargestFile + 1;
  EXPECT_NE(with(entry).find("at most"), std::string::npos);
  BundleIndex twice;
  twice.put(spark_);
  entry = spark_;
  entry.name = "other";
  entry.size += 1;
  twice.put(entry);
  EXPECT_NE(refusal_of(HandMade().index(twice).ended()).find("two sizes"), std::string::npos);
  EXPECT_NE(refusal_of(HandMade().member("index.json", "{}").ended()).find("index.json: "),
            std::string::npos);
  EXPECT_NE(refusal_of(HandMade().member(spark_.digest, "spark bytes").ended())
                .find("expected an archive of `tusker bundle export`"),
            std::string::npos);
  EXPECT_NE(refusal_of(HandMade().index(from_.index()).raw(std::string(512, 'x')).ended())
                .find("expected a ustar header"),
            std::string::npos);
}

TEST_F(Transfer, TakesAFileOnlyOnceAndNothingAfterTheEnd) {
  EXPECT_NE(refusal_of(HandMade()
                           .index(from_.index())
                           .member(spark_.digest, "spark bytes")
                           .member(spark_.digest, "spark bytes")
                           .ended())
                .find("holds it twice"),
            std::string::npos);
  ASSERT_TRUE(write().ok());
  const std::string whole = *read_file(tar_path());
  EXPECT_NE(refusal_of(whole + "more").find("goes on after its end"), std::string::npos);
}

TEST_F(Transfer, LeavesNothingWhenItIsInterrupted) {
  ASSERT_TRUE(write().ok());
  for (int checks = 0;; ++checks) {
    SCOPED_TRACE(checks);
    BundleBuildOptions options;
    int left = checks;
    options.cancelled = [&left] { return left-- <= 0; };
    const auto moved = read(options);
    if (moved.ok()) break;
    EXPECT_EQ(moved.error().code(), ErrorCode::Cancelled) << moved.error().message();
    EXPECT_EQ(blobs_of(to()), std::set<std::string>());
  }
  EXPECT_EQ(blobs_of(to()).size(), 4U);
}

// The other end says nothing, as a network that hangs.
TEST_F(Transfer, IsInterruptedWhileItWaits) {
  auto pipe = make_pipe();
  ASSERT_TRUE(pipe.ok());
  BundleBuildOptions options;
  options.blobs = to();
  options.cancelled = [] { return true; };
  EXPECT_EQ(import_bundles(pipe->read.get(), kNow, options).error().code(), ErrorCode::Cancelled);
}

}  // namespace
}  // namespace tusker
