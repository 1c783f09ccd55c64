#include <gtest/gtest.h>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

using namespace std::chrono_literals;

std::string tags(std::string_view key, std::string_view value) {
  return fmt::format(R"(,"Tags":[{{"TagKey":"{}","TagValue":"{}"}}])", key, value);
}

class LifetimeTest : public ::testing::Test {
 protected:
  std::string running(const std::string& more) {
    std::string id = world.create("wordcount", more);
    world.finish_flow(id);
    report_applications(0);
    return id;
  }
  void report_applications(int count) {
    world.report_running([&](link::NodeStatus& node) {
      for (link::RoleStatus& role : *node.mutable_roles()) {
        if (role.name() != "ResourceManager") continue;
        (*role.mutable_facts())["appsRunning"] = std::to_string(count);
        (*role.mutable_facts())["appsPending"] = "0";
      }
    });
  }
  // Its host goes on reporting so many applications, often enough to stay connected.
  void pass(Duration duration, int applications = 0) {
    pass(duration, [&] { report_applications(applications); });
  }
  void pass(Duration duration, const std::function<void()>& report) {
    const Time end = world.clock.now() + duration;
    while (world.clock.now() < end) {
      report();
      world.clock.advance(5s);
      world.timers.fire(world.clock.now());
    }
  }
  bool ends(const std::string& id) {
    return world.model.cluster(id)->state() == store::Cluster::TERMINATING;
  }
  ApiWorld world;
};

TEST_F(LifetimeTest, AClusterEndsAtItsAge) {
  const std::string id = running(tags("tusker:max-age", "2h"));
  pass(119min, 3);
  EXPECT_FALSE(ends(id));
  pass(2min, 3);
  EXPECT_TRUE(ends(id));
}

TEST_F(LifetimeTest, AnIdleOneEndsAndAWorkingOneDoesNot) {
  const std::string id = running(tags("tusker:max-idle", "30m"));
  pass(120min, 1);
  EXPECT_FALSE(ends(id));
  pass(29min);
  EXPECT_FALSE(ends(id));
  pass(2min);
  EXPECT_TRUE(ends(id));
}

TEST_F(LifetimeTest, WhatIsNotKnownIsNotIdle) {
  const std::string id = running(tags("tusker:max-idle", "30m"));
  pass(120min, [&] { world.report_running(); });  // without figures of YARN
  EXPECT_FALSE(ends(id));
}

TEST_F(LifetimeTest, OthersAreLeftAlone) {
  const std::string id = running(tags("team", "data"));
  pass(1440min);
  EXPECT_FALSE(ends(id));
}

TEST_F(LifetimeTest, ATagWithoutMeaningIsRefused) {
  for (const auto& [key, value] : {std::pair("tusker:max-age", "soon"),
                                   std::pair("tusker:max-age", "30s"),
                                   std::pair("tusker:max-idle", ""),
                                   std::pair("tusker:colour", "red")}) {
    const Answered answered =
        world.call("CreateInstance", ApiWorld::create_body("wordcount", tags(key, value)));
    EXPECT_EQ(answered.code, "InvalidParameter.InvalidTagsGroup") << key << "=" << value;
  }
}

}  // namespace
}  // namespace tusker::api
