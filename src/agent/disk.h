#pragma once

#include <functional>
#include <string>

#include "agent/host_layout.h"
#include "agent/image_users.h"
#include "base/process.h"
#include "base/result.h"

namespace tusker {

namespace link {
class Disk;
}

// The disk is there, formatted, and mounted at NodeLayout::disk_mount(). A file of its full size on
// the host's disk, unless `thin`: a sparse one loses acknowledged data when the host fills. It gets
// its name only when it is formatted, so a crash leaves either nothing or a whole disk.
// ResourceExhausted: the host has no room.
Status ensure_disk(const NodeLayout& node, const link::Disk& disk, ProcessRunner& runner);

// The directories that the disk shall have are there. A missing one is made with its owner, mode
// and seed under another name first, so one that exists is complete; one that exists is not
// touched. `seed` gives the content of an archive by its name.
Status ensure_directories(const NodeLayout& node,
                          const link::Disk& disk,
                          const ImageUsers& users,
                          const std::function<Result<std::string>(const std::string& name)>& seed);

}  // namespace tusker
