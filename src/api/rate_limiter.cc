#include "api/rate_limiter.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace tusker::api {
namespace {

// Regions are the caller's words: bounds what they can make us remember.
constexpr std::size_t kMaxBuckets = 10'000;

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

bool RateLimiter::take(std::uint64_t account, const ActionInfo& action, std::string_view region) {
  const double limit = action.calls_per_second;
  const Time now = clock_.now();
  if (buckets_.size() >= kMaxBuckets) drop_full(now);
  const auto [at, made] =
      buckets_.try_emplace(fmt::format("{} {} {}", account, action.name, region));
  Bucket& bucket = at->second;
  if (made) {
    bucket.left = limit;
  } else {
    bucket.left = std::min(limit, bucket.left + seconds(now - bucket.filled) * limit);
  }
  bucket.filled = now;
  if (bucket.left < 1) return false;
  bucket.left -= 1;
  return true;
}

void RateLimiter::drop_full(Time now) {
  // A bucket untouched for a second is full, as a new one would be.
  std::erase_if(buckets_, [&](const auto& entry) {
    return now - entry.second.filled >= std::chrono::seconds(1);
  });
  if (buckets_.size() >= kMaxBuckets) buckets_.clear();
}

}  // namespace tusker::api
