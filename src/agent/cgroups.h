#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace tusker {

// 2 when /sys/fs/cgroup is the unified hierarchy, else 1.
int cgroup_version();

// The folders of a cgroup such as /tusker/1a2b3c4d: one per mounted v1 hierarchy, or one in v2.
// Only those that exist.
std::vector<std::string> cgroup_folders(const std::string& cgroup);

// Memory that its processes use and that cannot be dropped at once, as the kernel counts it. Bytes;
// 0 if there is no such cgroup.
std::uint64_t memory_used(const std::string& cgroup);
std::vector<pid_t> processes_of(const std::string& cgroup);

// How many of its processes the kernel has ended for want of memory; 0 where it does not count
// them.
std::uint64_t memory_kills(const std::string& cgroup);

// Whether the kernel limits memory and swap together here (cgroup v1 without swap accounting
// cannot).
bool swap_can_be_limited();

// Neither it nor one below it is left. FailedPrecondition: a process is still in it.
Status remove_cgroup(const std::string& cgroup);

}  // namespace tusker
