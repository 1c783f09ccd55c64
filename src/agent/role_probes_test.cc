#include "agent/role_probes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/testing/function_handler.h"

namespace tusker {
namespace {

TEST(RoleProbes, ANumberBeyondItsLimitIsTroubleOnlyOnceItWasWithin) {
  EventLoop loop;
  Exchanger exchanger;
  int number = 0;
  FunctionHandler page;
  page.on_request = [&](const HttpRequest&, const Responder& responder) {
    responder.send(
        HttpResponse(200, "application/json", fmt::format(R"({{"Silence": "{}"}})", number)));
  };
  const auto server = HttpServer::listen(loop, {}, page, Log::none());
  ASSERT_TRUE(server.ok());
  link::Probe probe;
  (*probe.mutable_json()->mutable_facts())["Silence"] = "/Silence";
  probe.mutable_json()->set_path("/figures");
  probe.mutable_json()->set_port((*server)->port());
  probe.set_starting_interval_ms(50);
  probe.set_interval_ms(50);
  link::Probe::Limit& limit = *probe.add_limits();
  limit.set_fact("Silence");
  limit.set_most(7);
  limit.set_says("not answered for {} s");
  RoleProbes probes(loop, exchanger, "127.0.0.1", {probe}, [] {});
  const auto answer = [&](int silence, const std::function<bool()>& done) {
    number = silence;
    return loop.run_until(done, std::chrono::seconds(20));
  };

  ASSERT_TRUE(answer(11763, [&] { return probes.facts().contains("Silence"); }));
  EXPECT_FALSE(probes.ready()) << "a DataNode counts from the host's start until the first answer";
  EXPECT_NE(probes.not_ready().find("not answered for 11763 s"), std::string::npos);

  ASSERT_TRUE(answer(1, [&] { return probes.ready(); }));
  EXPECT_EQ(probes.not_ready(), "");

  ASSERT_TRUE(answer(9, [&] { return probes.not_ready() == "not answered for 9 s"; }));
  EXPECT_TRUE(probes.ready());
}

TEST(PassedLimit, SaysWhatALargerNumberMeans) {
  link::Probe probe;
  link::Probe::Limit& limit = *probe.add_limits();
  limit.set_fact("Silence");
  limit.set_most(7);
  limit.set_says("not answered for {} s");
  EXPECT_EQ(passed_limit(probe, {{"Silence", "7"}}), "");
  EXPECT_EQ(passed_limit(probe, {{"Silence", "8"}}), "not answered for 8 s");
  EXPECT_EQ(passed_limit(probe, {{"Silence", "no number"}}), "");
  EXPECT_EQ(passed_limit(probe, {}), "") << "it is not known";
  EXPECT_EQ(unmet_condition(probe, {{"Silence", "8"}}), "") << "it stays ready";
}

TEST(PassedLimit, SaysWhatAnotherTextMeans) {
  link::Probe probe;
  link::Probe::Limit& limit = *probe.add_limits();
  limit.set_fact("FSState");
  limit.set_equals("Operational");
  limit.set_says("is in {}");
  EXPECT_EQ(passed_limit(probe, {{"FSState", "Operational"}}), "");
  EXPECT_EQ(passed_limit(probe, {{"FSState", "safeMode"}}), "is in safeMode");
}

}  // namespace
}  // namespace tusker
