#pragma once

#include "base/result.h"
#include "bundle/definition.h"
#include "bundle/tools.h"
#include "bundle/workspace.h"

namespace tusker {

// Dumps a component's class-data-sharing archive with the image's own Java, the bundle mounted
// where nodes have it: an archive is valid only for the very JVM and for jars of the same paths,
// order, times and sizes. Takes it into the blob folder; the entry has no key and no time yet.
Result<BundleEntry> build_archive(const BundleDefinition& definition,
                                  const BundleEntry& image,
                                  const BundleEntry& bundle,
                                  const Tools& tools,
                                  const Workspace& workspace);

}  // namespace tusker
