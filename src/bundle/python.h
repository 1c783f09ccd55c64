#pragma once

#include <string>

#include "base/result.h"
#include "bundle/definition.h"
#include "bundle/tools.h"

namespace tusker {

// The locked source archive, from `cache` or else by pip into it; its path there. What is returned
// has just been compared with the lock, and pip itself opens nothing of another digest.
// Unavailable: no registry answers. Corrupt: a registry has other bytes under this name.
Result<std::string> fetch_with_pip(const PythonSource& python,
                                   const std::string& scratch,
                                   const std::string& cache,
                                   const Tools& tools);

// Unpacks what the source takes of the archive into `to`, in the archive's own layout without its
// top folder. Corrupt when one of it is neither file nor folder.
Status unpack_source_archive(const PythonSource& python,
                             const std::string& archive,
                             const std::string& to,
                             const Tools& tools);

}  // namespace tusker
