#pragma once

#include <string>
#include <string_view>

#include "api/call_counts.h"
#include "model/model.h"
#include "plan/definitions.h"

namespace tusker::server {

// What the installation is like now, as Prometheus reads it: hosts, clusters, nodes, roles with
// what their probes last found (the `metrics` of the definitions), flows, jobs, calls. Pure.
std::string metrics_text(const Model& model,
                         const Definitions& definitions,
                         const api::CallCounts& calls,
                         std::string_view version,
                         WallTime now);

}  // namespace tusker::server
