#pragma once

#include <vector>

#include "api/generated/types.h"
#include "base/result.h"
#include "plan/scripts.h"

namespace tusker::api {

// Bootstrap scripts of each page's own form, in the order in which a request has them run; RunOrder
// puts those of the first generation in order. Nothing is fetched: a script comes with its request,
// as the content of a data: URI (RFC 2397) where the cloud has an address in object storage.
// InvalidParameter.InvalidCosFileURI and others name the script. What plan/scripts.h checks is not
// checked here.
Result<std::vector<ScriptRequest>> scripts_from(const std::vector<PreExecuteFileSettings>& asked);
Result<std::vector<ScriptRequest>> scripts_from(
    const std::vector<ScriptBootstrapActionConfig>& asked);

}  // namespace tusker::api
