#include "cli/bundle_build.h"

#include <gtest/gtest.h>

#include "cli/testing/fake_console.h"

namespace tusker::cli {
namespace {

using std::chrono::milliseconds;

TEST(BundleProgress, ShowsBytesRateAndTheToolsLine) {
  FakeConsole fake;
  BundleProgressView view(fake.console);
  BundleProgress progress{
      .phase = "download", .what = "hadoop 3.5.0", .bytes_total = 112 << 20, .line = ""};
  for (int i = 0; i <= 6; ++i) {
    progress.bytes_done = static_cast<std::uint64_t>(i) * (5 << 20);
    view.update(progress, milliseconds(i * 500));
  }
  progress.phase = "pack";
  progress.bytes_done = 0;
  progress.line = "mksquashfs\033[1m";
  view.update(progress, milliseconds(4000));
  progress.phase = "done";
  view.update(progress, milliseconds(5000));
  EXPECT_EQ(fake.err,
            "   0.0 s  hadoop 3.5.0: download\n"
            "   1.0 s  hadoop 3.5.0: download, 10 MB of 112 MB, 10 MB/s\n"
            "   2.0 s  hadoop 3.5.0: download, 20 MB of 112 MB, 10 MB/s\n"
            "   3.0 s  hadoop 3.5.0: download, 30 MB of 112 MB, 10 MB/s\n"
            "   4.0 s  hadoop 3.5.0: pack; mksquashfs?[1m\n"
            "   5.0 s  hadoop 3.5.0: done\n");
}

TEST(RenderSteps, SaysHowMuchIsToBeFetched) {
  EXPECT_EQ(render_steps({{.name = "node-image",
                           .version = "12.1",
                           .present = false,
                           .download_bytes = 95 << 20,
                           .disk_bytes = 124 << 20,
                           .what = "Debian packages"},
                          {.name = "hadoop", .version = "3.5.0", .present = true, .what = ""}}),
            "  node-image 12.1: Debian packages, about 95 MB to download\n"
            "  hadoop 3.5.0: there already\n"
            "  in all: about 95 MB to download, 124 MB on disk\n");
}

}  // namespace
}  // namespace tusker::cli
