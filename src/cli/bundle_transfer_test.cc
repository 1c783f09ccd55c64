#include "cli/bundle_transfer.h"

#include <gtest/gtest.h>

#include "bundle/testing/blob_folder.h"
#include "cli/exit_codes.h"
#include "cli/testing/fake_console.h"

namespace tusker::cli {
namespace {

class BundleFiles : public ::testing::Test {
 protected:
  BundleFiles() {
    from_.add("node-image", BundleKind::Image, "image bytes");
    from_.add("hadoop", BundleKind::Component, "hadoop bytes");
  }
  BundleTransferFlags flags(const std::string& blobs) const {
    return {.data = "", .blobs = blobs, .file = file(), .names = {}};
  }
  std::string file() const { return outside_.path() + "/bundles.tar"; }
  std::string to() const { return outside_.path() + "/blobs"; }

  const SystemClock clock_;
  FakeConsole fake_;
  BlobFolder from_;
  TemporaryFolder outside_;
};

TEST_F(BundleFiles, AreWrittenAndTakenIn) {
  ASSERT_EQ(export_bundle_file(fake_.console, clock_, flags(from_.path())), kDone) << fake_.err;
  EXPECT_NE(fake_.err.find("Written:\n  node-image 1, 11 B\n  hadoop 1, 12 B\n  in all: 23 B\n"),
            std::string::npos)
      << fake_.err;
  EXPECT_EQ(fake_.out, "");
  ASSERT_EQ(import_bundle_file(fake_.console, clock_, flags(to())), kDone) << fake_.err;
  EXPECT_EQ(BundleIndex::load(to())->entries().size(), 2U);
}

TEST_F(BundleFiles, AreNotThereWhenTheyCouldNotBeWrittenWhole) {
  const std::string digest = from_.index().entries()[1].digest;
  ASSERT_TRUE(write_file_atomic(blob_path(from_.path(), digest), "other bytes!", 0644).ok());
  EXPECT_EQ(export_bundle_file(fake_.console, clock_, flags(from_.path())), kFailed);
  EXPECT_FALSE(path_exists(file()));
  EXPECT_FALSE(path_exists(file() + ".part"));
}

TEST_F(BundleFiles, AreNoDevicesAndNoTerminals) {
  BundleTransferFlags device = flags(from_.path());
  device.file = "/dev/null";
  EXPECT_EQ(export_bundle_file(fake_.console, clock_, device), kFailed);
  FakeConsole terminal({.in_is_terminal = true, .out_is_terminal = true});
  BundleTransferFlags standard = flags(from_.path());
  standard.file = "-";
  EXPECT_EQ(export_bundle_file(terminal.console, clock_, standard), kFailed);
  EXPECT_EQ(import_bundle_file(terminal.console, clock_, standard), kFailed);
  EXPECT_EQ(terminal.out, "");
}

TEST_F(BundleFiles, AreNamedWhenTheyAreRefused) {
  ASSERT_TRUE(write_file_atomic(file(), "no archive", 0644).ok());
  EXPECT_EQ(import_bundle_file(fake_.console, clock_, flags(to())), kFailed);
  EXPECT_EQ(fake_.err, fmt::format("error: {}: the archive is cut\n", file()));
}

}  // namespace
}  // namespace tusker::cli
