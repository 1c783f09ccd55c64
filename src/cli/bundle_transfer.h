#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/console.h"

namespace tusker::cli {

// `tusker bundle export` and `tusker bundle import`.

struct BundleTransferFlags {
  std::string data;
  std::string blobs;               // folder of bundles; empty: the server's, in `data`
  std::string file;                // "-": standard output or input
  std::vector<std::string> names;  // export: these components only
};

// Both show how it goes, take back what they began on Ctrl-C or a failure, and answer the exit
// code.
int export_bundle_file(Console& console, const Clock& clock, const BundleTransferFlags& flags);
int import_bundle_file(Console& console, const Clock& clock, const BundleTransferFlags& flags);

}  // namespace tusker::cli
