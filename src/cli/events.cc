#include "cli/events.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "cli/json_text.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

constexpr std::size_t kPage = 500;  // the API's largest
constexpr Duration kPause = std::chrono::seconds(1);

json::object parameters_of(const EventFilter& filter, std::size_t limit) {
  json::object parameters{{"Limit", limit}};
  if (!filter.cluster_id.empty()) parameters["InstanceId"] = filter.cluster_id;
  if (filter.start_ms > 0) parameters["StartMilliseconds"] = filter.start_ms;
  return parameters;
}

void pad(std::string& line, std::size_t column) {
  const std::size_t used = display_width(line);
  line += std::string(column > used ? column - used : 2, ' ');
}

}  // namespace

Result<json::array> newest_events(const ApiClient& client,
                                  const EventFilter& filter,
                                  std::size_t count) {
  json::array events;
  std::int64_t before = 0;
  do {
    json::object parameters = parameters_of(filter, std::min(kPage, count - events.size()));
    if (before > 0) parameters["BeforeEventId"] = before;
    TK_TRY(const json::object answer, client.call("DescribeEvents", parameters));
    for (const json::value& event : array_at(answer, "Events")) {
      if (event.is_object() && events.size() < count) events.push_back(event);
    }
    before = integer_at(answer, "NextEventId");
  } while (before > 0 && events.size() < count);
  std::reverse(events.begin(), events.end());
  return events;
}

Status follow_events(const ApiClient& client,
                     const EventFilter& filter,
                     std::int64_t after,
                     const FollowEvents& follow) {
  bool away = false;
  for (;;) {
    json::object parameters = parameters_of(filter, kPage);
    parameters["AfterEventId"] = after;
    const Result<json::object> answer = client.call("DescribeEvents", parameters);
    std::size_t seen = 0;
    if (answer.ok()) {
      away = false;
      for (const json::value& event : array_at(*answer, "Events")) {
        if (!event.is_object()) continue;
        follow.show(event.get_object());
        ++seen;
      }
      after = std::max(after, integer_at(*answer, "NextEventId"));
    } else if (!may_pass(answer.error())) {
      return answer.error();
    } else if (!std::exchange(away, true)) {
      follow.trouble(answer.error());
    }
    if (seen < kPage && follow.pause(kPause)) return ok_status();
  }
}

std::string render_event(const json::object& event) {
  const std::string name = text_at(event, "InstanceName");
  std::string line = printable(text_at(event, "Time"));
  pad(line, 21);
  line += printable(text_at(event, "Severity"));
  pad(line, 28);
  line += name.empty() ? printable(text_at(event, "InstanceId")) : printable(name);
  pad(line, 42);
  line += printable(text_at(event, "Text"));
  if (text_at(event, "Source") == "OPERATION") {
    line += fmt::format(" (by {} from {})",
                        printable(text_at(event, "Actor")),
                        printable(text_at(event, "Address")));
  }
  return line;
}

Result<Duration> parse_age(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  constexpr std::int64_t kMost = 36500;  // of any unit but seconds and minutes: a hundred years
  if (failure == std::errc() && count >= 0) {
    if (unit == "s" && count <= kMost * 86400) return Duration(std::chrono::seconds(count));
    if (unit == "m" && count <= kMost * 1440) return Duration(std::chrono::minutes(count));
    if (unit == "h" && count <= kMost * 24) return Duration(std::chrono::hours(count));
    if (unit == "d" && count <= kMost) return Duration(std::chrono::hours(24 * count));
  }
  return Error::make(ErrorCode::InvalidArgument,
                     "expected a time such as 90s, 30m, 1h or 2d, found '{}'",
                     printable(text));
}

}  // namespace tusker::cli
