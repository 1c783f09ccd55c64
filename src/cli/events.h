#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "cli/api_client.h"

namespace tusker::cli {

// Which events: fields that are empty or 0 leave nothing out.
struct EventFilter {
  std::string cluster_id;
  std::int64_t start_ms = 0;  // not those of before this time, since 1970
};

// The newest events, at most so many, oldest first, as DescribeEvents tells them.
Result<boost::json::array> newest_events(const ApiClient& client,
                                         const EventFilter& filter,
                                         std::size_t count);

struct FollowEvents {
  std::function<void(const boost::json::object& event)> show;
  // Once for each time that the server is away.
  std::function<void(const Error& error)> trouble;
  // Waits so long; true: no more.
  std::function<bool(Duration)> pause;
};

// What happens after this event (0: after nothing), as it happens, until pause() says that it is
// enough: asks once a second, and at once while there is more than one page. A server that is away
// is waited for. The Error: it refuses.
Status follow_events(const ApiClient& client,
                     const EventFilter& filter,
                     std::int64_t after,
                     const FollowEvents& follow);

// One line without its end: when, how grave, which cluster, what; who asked, of an operation.
std::string render_event(const boost::json::object& event);

// "90s", "30m", "1h", "2d": InvalidArgument if it is none of these.
Result<Duration> parse_age(std::string_view text);

}  // namespace tusker::cli
