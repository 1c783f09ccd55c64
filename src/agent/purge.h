#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/process.h"
#include "base/result.h"

namespace tusker {

// Removes every trace of the agent whose data folder is `data`/agent: containers, mounts, loop
// devices, interfaces, network namespaces, cgroups, firewall rules, run folder, files, its nodes'
// data and kept logs included. Touches nothing of another agent.
//
// `removed` hears of each thing in words ("node emr-vm-…", "bridge tk1234abcd"). Doing it again, or
// after a crash in the middle, removes what is left. Busy: the agent still runs; stop it first.
// Blocks. Needs root.
Status purge_agent(const std::string& data,
                   const std::string& run_folder,
                   ProcessRunner& runner,
                   const std::function<void(std::string_view)>& removed);

}  // namespace tusker
