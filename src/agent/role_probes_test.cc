#include "agent/role_probes.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

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
