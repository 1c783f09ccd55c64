#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "proto/store.pb.h"

namespace tusker {

// When a cluster is terminated by itself, as its tags say: `tusker:max-idle` and `tusker:max-age`,
// such as 30m, 8h, 2d. Tags, so that every client of the API can set and change them.
inline constexpr std::string_view kMaxIdleTag = "tusker:max-idle";
inline constexpr std::string_view kMaxAgeTag = "tusker:max-age";

struct Lifetime {
  std::optional<Duration> max_idle;  // since it last did something
  std::optional<Duration> max_age;   // since it was created
  bool limited() const { return max_idle || max_age; }
};

// InvalidArgument: one of them, or another that begins with "tusker:", has no such meaning.
Status check_lifetime_tag(std::string_view key, std::string_view value);
// Of tags that were checked; others are passed over.
Lifetime lifetime_of(const store::Cluster& cluster);

}  // namespace tusker
