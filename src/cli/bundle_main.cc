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
  flags.names = {
      "hadoop"};  // what quickstart's cluster runs, with the image that its archive needs
  for (int i = 1; i < count; ++i) {
    const std::string_view word = arguments[i];
    if (word == "--dry-run") {
      flags.dry_run = true;
    } else if (flags.data.empty() && !word.starts_with('-')) {
      flags.data = word;
    } else {
      console.error("usage: tusker-bundle DATA [--dry-run]");
      return kUsage;
    }
  }
  if (flags.data.empty()) flags.data = "/var/lib/tusker";
  const tusker::SystemClock clock;
  tusker::SystemProcessRunner processes;
  return build_bundles(console, clock, processes, flags);
}
