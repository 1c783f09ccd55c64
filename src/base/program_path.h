#pragma once

#include <string>

namespace tusker {

// PATH of every program that is run: the system's folders, and after them the one in which Tusker's
// Debian package brings what a bare system lacks. The system's own come first, since they are what
// its security updates reach.
inline constexpr const char* kProgramPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/tusker/bin";

// Where kProgramPath has a program of this name; empty when it has none.
std::string find_program(const std::string& name);

}  // namespace tusker
