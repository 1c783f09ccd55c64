#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/action.h"
#include "base/clock.h"

namespace tusker::api {

// So many calls a second per account, action and region, and as many at once after a pause: a token
// bucket each. Only authenticated calls are counted, so nobody else can use up an account's budget.
// Loop thread only.
class RateLimiter {
 public:
  explicit RateLimiter(const Clock& clock) : clock_(clock) {}

  // Takes one; false when there is none left.
  bool take(std::uint64_t account, const ActionInfo& action, std::string_view region);

 private:
  struct Bucket {
    double left = 0;
    Time filled{};
  };
  void drop_full(Time now);

  const Clock& clock_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace tusker::api
