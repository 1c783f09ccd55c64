#include "cli/packaged_bundles.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "bundle/testing/blob_folder.h"

namespace tusker::cli {
namespace {

// An installation below a folder of its own: bin/tusker and share/tusker/blobs.
class Installed : public ::testing::Test {
 protected:
  void install(const BlobFolder& blobs) {
    std::filesystem::create_directories(root_.path() + "/share/tusker");
    std::filesystem::copy(blobs.path(), root_.path() + "/share/tusker/blobs");
  }
  std::string program() const { return root_.path() + "/bin/tusker"; }
  std::string data() const { return root_.path() + "/data"; }
  Status provide() {
    return provide_packaged_bundles(
        program(), data(), WallTime{9}, [this](const std::string& line) { said_ += line + "\n"; });
  }

  TemporaryFolder root_;
  std::string said_;
};

TEST_F(Installed, BringsItsBundlesToTheServerOnce) {
  BlobFolder blobs;
  blobs.add("node-image", BundleKind::Image, "image bytes");
  install(blobs);
  ASSERT_TRUE(provide().ok());
  EXPECT_EQ(said_, "node-image 1: taken from the installed package\n");
  EXPECT_EQ(BundleIndex::load(data() + "/server/blobs")->entries().size(), 1U);
  said_.clear();
  ASSERT_TRUE(provide().ok());
  EXPECT_EQ(said_, "");
}

TEST_F(Installed, HasNoneWhereItWasBuilt) {
  EXPECT_EQ(packaged_blobs(root_.path() + "/build/release/tusker"), "");
  EXPECT_EQ(packaged_blobs(program()), "");
  ASSERT_TRUE(provide().ok());
  EXPECT_FALSE(path_exists(data()));
}

}  // namespace
}  // namespace tusker::cli
