// tusker-bundle: `tusker bundle build` alone. It compiles in a fraction of the time, so that
// quickstart downloads while the rest is being compiled. Not installed.
#include <string_view>

#include "base/clock.h"
#include "base/process.h"
#include "cli/bundle_build.h"
#include "cli/exit_codes.h"

int main(int count, char** arguments) {
  using namespace tusker::cli;
  const Environment environment = process_environment();
  Console console = Console::of_process(environment);
  BundleBuildFlags flags;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = arguments[i];
    if (word == "--dry-run") {
      flags.dry_run = true;
    } else if (word.starts_with('-')) {
      console.error("usage: tusker-bundle [--dry-run] DATA NAME…");
      return kUsage;
    } else if (flags.data.empty()) {
      flags.data = word;
    } else {
      flags.names.emplace_back(word);  // the node image, which archives need, comes with each
    }
  }
  if (flags.names.empty()) {
    console.error("usage: tusker-bundle [--dry-run] DATA NAME…");
    return kUsage;
  }
  const tusker::SystemClock clock;
  tusker::SystemProcessRunner processes;
  return build_bundles(console, clock, processes, flags);
}
