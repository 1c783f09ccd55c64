#pragma once

#include <string>
#include <vector>

#include "api/generated/types.h"
#include "base/result.h"
#include "plan/definitions.h"

namespace tusker::api {

// What SoftwareConfig says of where processes run has to be what the release does: a request cannot
// change it. InvalidParameter.InvalidComponent: a service that is not in `software`.
// UnsupportedOperation: a process that does not run on such nodes.
Status check_deployments(const AllNodeResourceSpec& specs,
                         const std::vector<std::string>& software,
                         const Definitions& definitions);

}  // namespace tusker::api
