#pragma once

#include "api/generated/types.h"
#include "base/result.h"

namespace tusker::api {

// Requests of both generations are refused for the same reasons, by the names that each has for
// them.

// Refuses what this version does not do and a caller would rely on: UnsupportedOperation names the
// parameter, and what would do. What is of the cloud only and changes nothing here (networks,
// roles, disk words) passes.
Status check_supported(const CreateInstanceRequest& request);
Status check_supported(const CreateClusterRequest& request);

// Password rule, billing, tags: InvalidParameter.* names parameter and rule. No password is kept.
Status check_account_settings(const CreateInstanceRequest& request);
Status check_account_settings(const CreateClusterRequest& request);

}  // namespace tusker::api
