#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/host_layout.h"
#include "base/result.h"

namespace tusker {

// A small file on tmpfs has this content: nothing is synced, and a reader sees the old content or
// the new.
Status put_file(const std::string& path, std::string_view content, mode_t mode);

// The numbers of a line that a shell script wrote; none while it has not written all of it.
std::vector<std::uint64_t> numbers_in(const std::string& path);

// Services in a scan folder, by name; those under way or retired are not among them.
std::vector<std::string> services_in(const NodeLayout& node);

// The service gets a name that s6-svscan ignores, so that its supervisor ends it at the next scan
// ("an"). Idempotent.
Status retire_service(const NodeLayout& node, const std::string& name);
// Removes the files of retired services whose supervisors are gone.
Status sweep_retired(const NodeLayout& node);

}  // namespace tusker
