#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cli/console.h"
#include "cli/run_client.h"
#include "plan/definitions.h"

namespace tusker::cli {

// The component and all that it needs, what is needed first. NotFound: the release has no such
// component; with the nearest that it has.
Result<std::vector<std::string>> with_needed(const Definitions& definitions,
                                             const ReleaseDefinition& release,
                                             std::string_view component);

// Runs a command on the cluster's master, as the ordinary user.
using RunStep = std::function<Result<CapturedRun>(const std::vector<std::string>& argv)>;

// Runs the steps one after the other until one fails, with a line for each on standard output; of
// one that fails, all that it wrote too. Cancelled passes through. Internal: a step failed.
Status run_smoke_test(const std::vector<SmokeStep>& steps,
                      const RunStep& run,
                      const Clock& clock,
                      Console& console);

}  // namespace tusker::cli
