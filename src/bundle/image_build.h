#pragma once

#include "base/result.h"
#include "bundle/definition.h"
#include "bundle/tools.h"
#include "bundle/workspace.h"

namespace tusker {

// Makes an image's root file system with mmdebstrap, packs it and takes it into the blob folder.
// The entry has no key and no time yet.
//
// Downloaded packages are kept in the workspace's cache, so that a build that was stopped goes on
// with what it has, and one without a network succeeds when everything is there. Unavailable:
// neither a mirror nor a full cache.
Result<BundleEntry> build_image(const BundleDefinition& definition,
                                const Tools& tools,
                                const Workspace& workspace);

}  // namespace tusker
