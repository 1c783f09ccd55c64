#pragma once

#include <string>
#include <vector>

#include "agent/host_layout.h"
#include "base/result.h"
#include "proto/link.pb.h"

namespace tusker {

// What this host has. `folder` is on the file system that will hold nodes; interfaces named tk… are
// left out of the routes, whichever agent owns them. Blocks for a moment on the file system.
link::HostFacts read_host_facts(const std::string& folder, const std::string& host_name);

// IPv4 networks of a routing table (/proc/net/route, proc(5)) but those of interfaces named tk… and
// the default route.
std::vector<std::string> routes_of(std::string_view table);

// /proc/sys/kernel/random/boot_id; empty if it cannot be read.
std::string boot_id();

}  // namespace tusker
