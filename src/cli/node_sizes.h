#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/api_client.h"
#include "plan/definitions.h"
#include "plan/profile.h"

namespace tusker::cli {

// The specs of a new cluster's nodes and how they came about, for the user to read.
struct NodeSizes {
  std::string master_spec;
  std::string core_spec;
  std::string explanation;  // "profile small (master TK.SMALL1, core TK.SMALL1): 3 GB of the 3.4 GB
                            // free on host a"
};

// What a host can still give to nodes.
struct FreeHost {
  std::string name;
  std::uint64_t memory_bytes = 0;  // less what nodes have and the reserve of the host
};

// Of connected hosts that take nodes.
Result<std::vector<FreeHost>> load_free_hosts(const ApiClient& client);

// The largest profile whose nodes, this many of each, fit into the host with the most free memory;
// a profile that was named must be one of `known`. Pure.
Result<NodeSizes> choose_sizes(const Definitions& definitions,
                               const std::vector<Profile>& known,
                               const std::string& named_profile,
                               const std::vector<FreeHost>& hosts,
                               std::int64_t masters,
                               std::int64_t cores);

}  // namespace tusker::cli
