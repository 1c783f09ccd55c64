#pragma once

#include <string>
#include <vector>

#include "base/process.h"

namespace tusker {

// One prerequisite of running nodes on this host.
struct Finding {
  std::string name;  // "runc"
  bool ok = false;
  std::string found;   // what is there: "runc 1.1.5"
  std::string remedy;  // what to do if it is not ok, as a command where there is one; else empty
};

// Examines this host: root, programs, kernel features, cgroup controllers, loop devices, free
// memory and disk (of the file system that would hold `data`). Changes nothing. Blocks for some 0.1
// s.
std::vector<Finding> examine_host(const std::string& data, ProcessRunner& runner);

}  // namespace tusker
