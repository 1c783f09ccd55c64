#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class DescribeEvents : public ::testing::Test {
 protected:
  boost::json::object describe(std::string_view json) {
    world.store.write_all();  // history is read from the disk
    const Answered answered = world.call("DescribeEvents", json);
    EXPECT_EQ(answered.code, "") << answered.message;
    return boost::json::parse(answered.reply.body).at("Response").as_object();
  }
  static std::vector<std::string> texts(const boost::json::object& answer) {
    std::vector<std::string> found;
    for (const auto& event : answer.at("Events").as_array())
      found.emplace_back(event.at("Text").as_string());
    return found;
  }
  void add_event(const std::string& cluster, const std::string& text) {
    store::Event event;
    event.set_wall_ms(world.clock.wall().ms);
    event.set_kind("cluster.scale_note");
    event.set_severity("info");
    event.set_cluster_id(cluster);
    event.set_actor("tusker");
    event.set_text(text);
    Change change;
    change.append(event);
    world.journal.commit(std::move(change));
  }
  // Of a cluster that belongs to somebody else from now on.
  void give_away(const std::string& cluster) {
    store::Cluster foreign = *world.model.cluster(cluster);
    foreign.set_account(foreign.account() + 1);
    Change change;
    change.put(std::move(foreign));
    world.journal.commit(std::move(change));
  }
  std::string about(std::string_view more = "") const {
    return fmt::format(R"({{"InstanceId":"{}"{}}})", id, more);
  }
  ApiWorld world;
  const std::string id = world.create("wordcount");
};

TEST_F(DescribeEvents, TellsWhatHappenedAndWhoAskedForItNewestFirst) {
  const boost::json::array events = describe(about()).at("Events").as_array();
  ASSERT_GE(events.size(), 2U);
  EXPECT_EQ(events[0].at("Source").as_string(), "OPERATION");
  EXPECT_EQ(events[0].at("Kind").as_string(), "api.CreateInstance");
  EXPECT_EQ(events[0].at("Actor").as_string(), world.key.secret_id);
  EXPECT_EQ(events[0].at("Address").as_string(), "127.0.0.1");
  EXPECT_EQ(events[0].at("InstanceName").as_string(), "wordcount");
  EXPECT_EQ(events[0].at("Milliseconds").as_int64(), world.clock.wall().ms);
  EXPECT_EQ(events[1].at("Source").as_string(), "EVENT");
  EXPECT_GT(events[0].at("EventId").as_int64(), events[1].at("EventId").as_int64());
}

TEST_F(DescribeEvents, PagesUntilThereIsNoneLeft) {
  for (int i = 0; i < 5; ++i) add_event(id, fmt::format("note {}", i));
  const std::vector<std::string> all = texts(describe(about()));
  std::vector<std::string> paged;
  std::int64_t before = 0;
  do {
    const boost::json::object page = describe(about(
        before == 0 ? R"(,"Limit":2)" : fmt::format(R"(,"Limit":2,"BeforeEventId":{})", before)));
    for (const std::string& text : texts(page)) paged.push_back(text);
    before = page.at("NextEventId").as_int64();
  } while (before != 0 && paged.size() <= all.size());
  EXPECT_EQ(paged, all);
}

TEST_F(DescribeEvents, FollowsFromAnyEventOnWithoutLosingOrRepeatingOne) {
  std::int64_t after = describe(about()).at("Events").at(0).at("EventId").as_int64();
  const auto next = [&] {
    const boost::json::object page =
        describe(about(fmt::format(R"(,"Limit":2,"AfterEventId":{})", after)));
    after = page.at("NextEventId").as_int64();
    return texts(page);
  };
  EXPECT_TRUE(next().empty());
  for (int i = 0; i < 3; ++i) add_event(id, fmt::format("note {}", i));
  EXPECT_EQ(next(), (std::vector<std::string>{"note 0", "note 1"}));
  EXPECT_EQ(next(), std::vector<std::string>{"note 2"});
  EXPECT_TRUE(next().empty());
  add_event(id, "note 3");
  EXPECT_EQ(next(), std::vector<std::string>{"note 3"});
}

TEST_F(DescribeEvents, LeavesOutWhatIsOlderThanAsked) {
  world.clock.advance(std::chrono::hours(2));
  add_event(id, "later");
  const std::string since =
      fmt::format(R"(,"StartMilliseconds":{})", world.clock.wall().ms - 3600 * 1000);
  const boost::json::object answer = describe(about(since));
  EXPECT_EQ(texts(answer), std::vector<std::string>{"later"});
  EXPECT_EQ(answer.at("NextEventId").as_int64(), 0);
  EXPECT_EQ(texts(describe(about(since + R"(,"AfterEventId":0)"))),
            std::vector<std::string>{"later"});
}

TEST_F(DescribeEvents, NeverTellsOfAnotherAccount) {
  const std::string other = world.create("another");
  add_event(other, "secret of another");
  give_away(other);
  for (const std::string& text : texts(describe(R"({"Limit":500})")))
    EXPECT_EQ(text.find("secret of another"), std::string::npos) << text;
  EXPECT_EQ(world.call("DescribeEvents", fmt::format(R"({{"InstanceId":"{}"}})", other)).code,
            "ResourceNotFound.InstanceNotFound");
}

TEST_F(DescribeEvents, NeverTellsWhatAnotherAccountAskedOfOurCluster) {
  store::AccessKey key = *world.model.access_key(world.key.secret_id);
  key.set_secret_id("AKIDofAnother");
  key.set_account(key.account() + 1);
  store::Event asked;
  asked.set_cluster_id(id);
  asked.set_actor(key.secret_id());
  asked.set_text("asked by another");
  Change change;
  change.put(std::move(key));
  change.append_operation(asked);
  world.journal.commit(std::move(change));
  for (const std::string& text : texts(describe(about()))) EXPECT_NE(text, "asked by another");
}

TEST_F(DescribeEvents, RefusesNumbersThatMeanNothing) {
  EXPECT_EQ(world.call("DescribeEvents", R"({"Limit":0})").code, "InvalidParameterValue");
  EXPECT_EQ(world.call("DescribeEvents", R"({"Limit":501})").code, "InvalidParameterValue");
  EXPECT_EQ(world.call("DescribeEvents", R"({"AfterEventId":-1})").code, "InvalidParameterValue");
}

}  // namespace
}  // namespace tusker::api
