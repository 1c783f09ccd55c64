#pragma once

#include "base/result.h"
#include "bundle/definition.h"
#include "bundle/tools.h"
#include "bundle/workspace.h"

namespace tusker {

// Gets a component's artefacts with Maven, checks every one against the lock, packs the tree and
// takes it into the blob folder. The entry has no key and no time yet. `image` is that of the
// definition's archive, if it has one.
//
// Maven keeps what it has downloaded in its own cache. Unavailable: no registry and not everything
// cached, with the list of what is missing. Corrupt: Maven delivered something else than the lock
// says.
Result<BundleEntry> build_component(const BundleDefinition& definition,
                                    const BundleEntry* image,
                                    const Tools& tools,
                                    const Workspace& workspace);

}  // namespace tusker
