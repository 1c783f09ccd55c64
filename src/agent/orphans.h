#pragma once

#include <string>

#include "agent/host_layout.h"
#include "proto/link.pb.h"

namespace tusker {

// What the kernel, the file system and our own files tell of a node that nobody desires. Blocks.
link::Orphan look_at_orphan(const HostLayout& host, const std::string& id);

}  // namespace tusker
