#pragma once

#include "base/ids.h"
#include "base/sealed.h"
#include "model/model.h"
#include "proto/link.pb.h"

namespace tusker {

// The whole of what a host shall be: its nodes, what is to be removed, its subnet and artifacts.
// Pure; the generation is left empty. Secrets are opened here and nowhere else. Corrupt: a secret
// does not open with our key; names node and path.
Result<link::Desired> desired_state_of(const Model& model,
                                       const HostId& host,
                                       const Sealer& sealer);

// Whether a role may be started for the first time: every role of its cluster that it comes after
// is ready everywhere, and the cluster serves if it starts last.
bool may_start(const Model& model, const store::Node& node, const store::Role& role);

}  // namespace tusker
