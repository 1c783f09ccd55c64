#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace tusker::cli {

// The blob folder that was installed with a program: /usr/share/tusker/blobs for /usr/bin/tusker.
// Empty when there is none, as for a program that lies where it was built.
std::string packaged_blobs(const std::string& program);

// The server's blobs in `data` have what came with the program: as hard links where they can be
// (bundle/builder.h), so that nothing is there twice and an upgrade takes nothing from clusters
// that run. Does nothing when there is nothing new. Root only; blocks, for seconds where it has to
// copy; `progress` is then called with a line for people.
Status provide_packaged_bundles(const std::string& program,
                                const std::string& data,
                                WallTime now,
                                const std::function<void(const std::string&)>& progress);

}  // namespace tusker::cli
