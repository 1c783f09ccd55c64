#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/definitions.h"

namespace tusker {

// What a cluster with these components gives a step of this type to. NotFound: none of them runs
// such steps; the message names the types that they do run.
Result<std::vector<std::string>> step_command(const Definitions& definitions,
                                              const store::Cluster& cluster,
                                              std::string_view type);

}  // namespace tusker
