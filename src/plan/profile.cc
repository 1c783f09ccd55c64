#include "plan/profile.h"

namespace tusker {

std::vector<Profile> profiles() {
  constexpr std::uint64_t kGb = 1ULL << 30;
  return {{"small", "TK.SMALL1", "TK.SMALL1", 3 * kGb},
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
