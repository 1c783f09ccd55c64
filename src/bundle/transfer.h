#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "bundle/builder.h"
#include "bundle/index.h"

namespace tusker {

// Bundles as one tar file, which goes to machines that reach no registry: index.json first, then
// every file that it names, called by its digest, and nothing else.
//
// `options` give the blob folder, progress and cancellation. Both block, on any one thread.

// Writes the newest image and component bundles with their archives; with options.names only these
// components, and the image. NotFound: no such bundle. Corrupt: a file of the folder holds other
// bytes than its name says; what was written so far is worthless. Answers what was written.
Result<std::vector<BundleEntry>> export_bundles(int archive, const BundleBuildOptions& options);

// Takes what such an archive holds into the blob folder, which is made when missing. What is there
// already stays as it is, what is new becomes the newest; the index changes in one step, at the
// end. After a failure nothing of the archive is left.
//
// The archive comes from a stranger as far as its form goes: every byte is checked before it gets a
// name, and names are digests. What nodes run is what it holds, so who sends it must be trusted as
// one who sends a program. Corrupt: a member is not what the format allows, or holds other bytes
// than its name says; the message has its name. ResourceExhausted: it needs more than is free.
// Busy: another build or import works there. Answers what it holds.
Result<std::vector<BundleEntry>> import_bundles(int archive,
                                                WallTime now,
                                                const BundleBuildOptions& options);

}  // namespace tusker
