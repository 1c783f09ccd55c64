#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "bundle/definition.h"
#include "bundle/tools.h"

namespace tusker {

// Runs Maven on the POM; afterwards OUT/lib and OUT/extra have its artefacts, unchecked. `scratch`
// is for the POM. When no registry answers, tries once more with Maven's cache alone; Unavailable
// names what the cache lacks.
Status fetch_with_maven(const MavenSource& maven,
                        const std::string& scratch,
                        const std::string& out,
                        const Tools& tools);

// What Maven's line "Downloaded from …: …/guava-33.jar (3.0 MB at 1.2 MB/s)" counts for, in bytes;
// 0 for every other line.
std::uint64_t downloaded_bytes(std::string_view line);

}  // namespace tusker
