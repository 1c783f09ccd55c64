#include "agent/role_probes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/testing/function_handler.h"

namespace tusker {
namespace {

// A daemon's page of figures, each at the path of its name; a probe of one asks 20 times a second.
class RoleProbesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    page_.on_request = [this](const HttpRequest& request, const Responder& responder) {
      const std::string name(request.path.substr(1));
      ++asked_[name];
      responder.send(HttpResponse(
          200, "application/json", fmt::format(R"({{"{}": "{}"}})", name, figures_[name])));
    };
    Result<std::unique_ptr<HttpServer>> server = HttpServer::listen(loop_, {}, page_, Log::none());
    ASSERT_TRUE(server.ok());
    server_ = *std::move(server);
  }

  link::Probe probe_of(const std::string& name) const {
    link::Probe probe;
    (*probe.mutable_json()->mutable_facts())[name] = "/" + name;
    probe.mutable_json()->set_path("/" + name);
    probe.mutable_json()->set_port(server_->port());
    probe.set_starting_interval_ms(50);
    probe.set_interval_ms(50);
    return probe;
  }
  std::unique_ptr<RoleProbes> ask(std::vector<link::Probe> probes) {
    return std::make_unique<RoleProbes>(loop_, exchanger_, "127.0.0.1", std::move(probes), [] {});
  }
  bool run_until(const std::function<bool()>& done) {
    return loop_.run_until(done, std::chrono::seconds(20));
  }

  std::map<std::string, int> figures_;
  std::map<std::string, int> asked_;

 private:
  EventLoop loop_;
  Exchanger exchanger_;
  FunctionHandler page_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(RoleProbesTest, ANumberBeyondItsLimitIsTroubleOnlyOnceItWasWithin) {
  link::Probe probe = probe_of("Silence");
  link::Probe::Limit& limit = *probe.add_limits();
  limit.set_fact("Silence");
  limit.set_most(7);
  limit.set_says("not answered for {} s");
  figures_["Silence"] = 11763;
  const auto probes = ask({probe});

  ASSERT_TRUE(run_until([&] { return probes->facts().contains("Silence"); }));
  EXPECT_FALSE(probes->ready()) << "a DataNode counts from the host's start until the first answer";
  EXPECT_NE(probes->not_ready().find("not answered for 11763 s"), std::string::npos);

  figures_["Silence"] = 1;
  ASSERT_TRUE(run_until([&] { return probes->ready(); }));
  EXPECT_EQ(probes->not_ready(), "");

  figures_["Silence"] = 9;
  ASSERT_TRUE(run_until([&] { return probes->not_ready() == "not answered for 9 s"; }));
  EXPECT_TRUE(probes->ready());
}

TEST_F(RoleProbesTest, WhatMattersOnlyAtTimesIsAskedOnlyThen) {
  link::Probe names = probe_of("Names");
  names.set_when("Leaving");
  const auto probes = ask({probe_of("Leaving"), names});

  ASSERT_TRUE(run_until([&] { return asked_["Leaving"] >= 5; }));
  EXPECT_EQ(asked_["Names"], 0);
  EXPECT_TRUE(probes->ready());

  figures_["Leaving"] = 2;
  ASSERT_TRUE(run_until([&] { return probes->facts().contains("Names"); }));

  figures_["Leaving"] = 0;
  ASSERT_TRUE(run_until([&] { return !probes->facts().contains("Names"); }))
      << "what it said is of a time that is over";
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
