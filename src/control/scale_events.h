#pragma once

#include <string>

#include "control/flow.h"

namespace tusker {

// The end of a flow that changed how many nodes a cluster has: its row is free for the next one,
// and an event says what became of it.
Change scaled(const Model& model, const store::Flow& flow, WallTime wall, const std::string& what);

}  // namespace tusker
