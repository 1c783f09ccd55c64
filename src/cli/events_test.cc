#include "cli/events.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/testing/fake_clock.h"
#include "cli/json_text.h"
#include "cli/testing/fake_server.h"

namespace tusker::cli {
namespace {

namespace json = boost::json;

class Events : public ::testing::Test {
 protected:
  static json::object event(std::int64_t id) {
    return {{"EventId", id},
            {"Source", "EVENT"},
            {"Time", "2026-11-26 14:00:00"},
            {"Severity", "info"},
            {"InstanceName", "wordcount"},
            {"Text", fmt::format("event {}", id)}};
  }
  static json::value page(std::vector<std::int64_t> ids, std::int64_t next) {
    json::array events;
    for (const std::int64_t id : ids) events.push_back(event(id));
    return {{"Events", events}, {"NextEventId", next}};
  }
  static std::vector<std::int64_t> ids(const json::array& events) {
    std::vector<std::int64_t> found;
    for (const json::value& one : events) found.push_back(integer_at(one.get_object(), "EventId"));
    return found;
  }
  const json::object& asked(std::size_t call) const { return server_.calls.at(call).parameters; }

  FakeServer server_;
  FakeClock clock_;
  ApiClient client_{{.host = "127.0.0.1", .port = 1, .secret_id = "AKID", .secret_key = "key"},
                    clock_,
                    server_.post()};
};

TEST_F(Events, ArePagedBackToAsManyAsAreWantedAndComeOldestFirst) {
  server_.answer("DescribeEvents", {page({9, 8}, 8), page({6, 5}, 5)});
  const Result<json::array> found = newest_events(client_, {.cluster_id = "emr-aaaaaaaa"}, 3);
  ASSERT_TRUE(found.ok()) << found.error().message();
  EXPECT_EQ(ids(*found), (std::vector<std::int64_t>{6, 8, 9}));
  EXPECT_EQ(asked(0).at("InstanceId"), "emr-aaaaaaaa");
  EXPECT_FALSE(asked(0).contains("BeforeEventId"));
  EXPECT_EQ(asked(1).at("BeforeEventId"), 8);
}

TEST_F(Events, EndWithTheLastPage) {
  server_.answer("DescribeEvents", {page({2}, 2), page({}, 0)});
  const Result<json::array> found = newest_events(client_, {}, 100);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(ids(*found), std::vector<std::int64_t>{2});
  EXPECT_EQ(server_.calls.size(), 2U);
}

TEST_F(Events, AreFollowedFromTheLastNumberAndOverAServerThatIsAway) {
  server_.answer("DescribeEvents", {page({5}, 6), nullptr, nullptr, page({}, 6), page({7, 8}, 8)});
  std::vector<std::int64_t> shown;
  int pauses = 0;
  int troubles = 0;
  const Status done = follow_events(
      client_,
      {},
      4,
      {.show = [&](const json::object& one) { shown.push_back(integer_at(one, "EventId")); },
       .trouble = [&](const Error&) { ++troubles; },
       .pause =
           [&](Duration longest) {
             EXPECT_EQ(longest, Duration(std::chrono::seconds(1)));
             return ++pauses == 5;
           }});
  EXPECT_TRUE(done.ok());
  EXPECT_EQ(shown, (std::vector<std::int64_t>{5, 7, 8}));
  EXPECT_EQ(troubles, 1) << "said once";
  EXPECT_EQ(asked(0).at("AfterEventId"), 4);
  EXPECT_EQ(asked(4).at("AfterEventId"), 6);
}

TEST_F(Events, AreNotFollowedWhereTheServerRefuses) {
  server_.answer("DescribeEvents",
                 {{{"Error", {{"Code", "AuthFailure.SignatureFailure"}, {"Message", "no"}}}}});
  const Status done = follow_events(client_,
                                    {},
                                    0,
                                    {.show = [](const json::object&) {},
                                     .trouble = [](const Error&) { ADD_FAILURE(); },
                                     .pause =
                                         [](Duration) {
                                           ADD_FAILURE();
                                           return true;
                                         }});
  EXPECT_FALSE(done.ok());
}

TEST_F(Events, AreOneLineEachWhateverTheyHold) {
  EXPECT_EQ(render_event(event(1)), "2026-11-26 14:00:00  info   wordcount     event 1");
  json::object asked = event(2);
  asked["Source"] = "OPERATION";
  asked["Actor"] = "AKIDx";
  asked["Address"] = "10.0.0.1";
  asked["Text"] = "two\nlines\033[2J";
  EXPECT_EQ(render_event(asked),
            "2026-11-26 14:00:00  info   wordcount     two?lines?[2J (by AKIDx from 10.0.0.1)");
}

TEST(Age, IsANumberWithAUnit) {
  EXPECT_EQ(*parse_age("90s"), Duration(std::chrono::seconds(90)));
  EXPECT_EQ(*parse_age("30m"), Duration(std::chrono::minutes(30)));
  EXPECT_EQ(*parse_age("1h"), Duration(std::chrono::hours(1)));
  EXPECT_EQ(*parse_age("2d"), Duration(std::chrono::hours(48)));
  for (const std::string_view wrong : {"", "1", "h", "-1h", "1w", "1h30m", "99999999999999999999s"})
    EXPECT_FALSE(parse_age(wrong).ok()) << wrong;
}

}  // namespace
}  // namespace tusker::cli
