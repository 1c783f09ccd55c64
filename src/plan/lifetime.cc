#include "plan/lifetime.h"

#include "base/duration_text.h"
#include "base/encoding.h"

namespace tusker {
namespace {

constexpr std::string_view kOurs = "tusker:";
// Shorter ones would end a cluster while it is looked at.
constexpr std::chrono::minutes kLeast{1};

}  // namespace

Status check_lifetime_tag(std::string_view key, std::string_view value) {
  if (!key.starts_with(kOurs)) return ok_status();
  if (key != kMaxIdleTag && key != kMaxAgeTag) {
    return Error::make(ErrorCode::InvalidArgument,
                       "tags that begin with {} are Tusker's own: {} and {}; found \"{}\"",
                       kOurs,
                       kMaxIdleTag,
                       kMaxAgeTag,
                       cut_text(key, 64));
  }
  const std::optional<Duration> limit = parse_duration(value);
  if (limit && *limit >= kLeast) return ok_status();
  return Error::make(ErrorCode::InvalidArgument,
                     "{} is \"{}\"; expected a duration of at least a minute, such as 30m, 8h, 2d",
                     key,
                     cut_text(value, 64));
}

Lifetime lifetime_of(const store::Cluster& cluster) {
  Lifetime lifetime;
  for (const store::Tag& tag : cluster.tags()) {
    if (tag.key() == kMaxIdleTag) lifetime.max_idle = parse_duration(tag.value());
    if (tag.key() == kMaxAgeTag) lifetime.max_age = parse_duration(tag.value());
  }
  return lifetime;
}

}  // namespace tusker
