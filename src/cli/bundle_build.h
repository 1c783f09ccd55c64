#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/process.h"
#include "bundle/builder.h"
#include "cli/console.h"
#include "cli/live_line.h"

namespace tusker::cli {

// `tusker bundle build`, also as the small program that quickstart runs while the rest is still
// being compiled.

struct BundleBuildFlags {
  std::string data;
  std::string blobs;               // where to; empty: the server's folder in `data`
  std::vector<std::string> names;  // empty: all
  bool again = false;
  bool dry_run = false;
};

// Builds what is missing, shows how it goes, and ends as it should on Ctrl-C; answers the exit
// code.
int build_bundles(Console& console,
                  const Clock& clock,
                  ProcessRunner& processes,
                  const BundleBuildFlags& flags);

// What the commands on blob folders have in common: `--blobs`, or else the server's folder in
// `data`.
std::string blob_folder(const std::string& blobs, const std::string& data);
// Makes the folder that the server's lies in, as far as that is missing. The server takes ownership
// of what is in it at its next start.
Status prepare_server_folder(const std::string& data);

// "node-image 12.1: Debian packages…, about 95 MB to download" lines and their sum.
std::string render_steps(const std::vector<BundleStep>& steps);

// Turns the builder's reports into a changing line with bytes and rate. Any one thread.
class BundleProgressView final {
 public:
  explicit BundleProgressView(Console& console) : line_(console) {}
  void update(const BundleProgress& progress, Duration elapsed);
  void finish() { line_.clear(); }

 private:
  LiveLine line_;
  std::string current_;  // what and phase of the last report
  std::uint64_t bytes_before_ = 0;
  Duration measured_{};
  double rate_ = 0;  // bytes a second, smoothed
};

}  // namespace tusker::cli
