#include "plan/profile.h"

#include <algorithm>

namespace tusker {

std::vector<Profile> profiles(const std::vector<std::string>& components) {
  constexpr std::uint64_t kGb = 1ULL << 30;
  const auto has = [&](std::string_view name) {
    return std::find(components.begin(), components.end(), name) != components.end();
  };
  // A driver on the master and an executor on a core node take 0.8 GB each beside the daemons.
  if (has("spark")) {
    return {{"small", "TK.SMALL4", "TK.SMALL2", 8 * kGb},
            {"medium", "TK.SMALL4", "TK.MEDIUM4", 12 * kGb},
            {"large", "TK.MEDIUM8", "TK.MEDIUM8", 24 * kGb}};
  }
  // The daemons of HDFS and YARN and ZooKeeper are more than a master of 1 GB holds.
  const bool more = has("zookeeper");
  return {{"small", more ? "TK.SMALL2" : "TK.SMALL1", "TK.SMALL1", (more ? 4 : 3) * kGb},
          {"medium", "TK.SMALL2", "TK.SMALL2", 6 * kGb},
          {"large", "TK.SMALL2", "TK.MEDIUM4", 10 * kGb}};
}

std::optional<Profile> largest_profile_that_fits(std::uint64_t memory_bytes) {
  std::optional<Profile> best;
  for (const Profile& profile : profiles()) {
    if (profile.total_memory_bytes <= memory_bytes) best = profile;
  }
  return best;
}

}  // namespace tusker
