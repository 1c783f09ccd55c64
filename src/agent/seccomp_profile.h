#pragma once

#include <boost/json/fwd.hpp>

namespace tusker {

// Which system calls a node may make, as linux.seccomp of an OCI configuration: Docker's default
// list (moby, profiles/seccomp) for a container without added capabilities. Others fail with EPERM;
// clone3 with ENOSYS, so that libraries fall back to clone, whose flags can be checked.
boost::json::object seccomp_profile();

}  // namespace tusker
