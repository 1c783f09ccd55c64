#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tusker {

// A size of a 1 + 2 cluster that is known to run HDFS, YARN and a word count of 60 MB, or with
// Spark one of Spark's shells and an executor.
struct Profile {
  std::string name;         // small
  std::string master_spec;  // TK.SMALL1
  std::string core_spec;
  std::uint64_t total_memory_bytes = 0;  // of the three nodes
};

// For a cluster with these components, smallest first.
std::vector<Profile> profiles(const std::vector<std::string>& components = {});

// The largest whose nodes fit into this much memory, which is what a host has left after its
// reserve (inventory.h). None: not even the smallest does.
std::optional<Profile> largest_profile_that_fits(std::uint64_t memory_bytes);

}  // namespace tusker
