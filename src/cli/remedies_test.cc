#include "cli/remedies.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tusker::cli {
namespace {

constexpr std::string_view kBound = "java.net.BindException: Address already in use";

TEST(Remedy, NamesTheCommandWithItsPlace) {
  EXPECT_EQ(remedy_for(kBound, {.cluster = "wordcount", .node = "core-1", .role = "DataNode"}),
            "another program in the node has this port; see which: tusker run wordcount --node "
            "core-1 --user root -- ss -ltnp");
  EXPECT_NE(remedy_for(kBound, {}).find("tusker run CLUSTER --node NODE"), std::string::npos);
}

TEST(Remedy, NamesTheApplicationThatTheCauseNames) {
  constexpr std::string_view kEnd = "; see what its container wrote: tusker run w -- yarn logs ";
  const std::string cause = "Application application_17_0001 failed due to AM Container for x";
  EXPECT_EQ(with_remedy(cause, {.cluster = "w"}),
            fmt::format("{}{}-applicationId application_17_0001", cause, kEnd));
  EXPECT_EQ(remedy_for("AM Container for application_17_2", {.cluster = "w"}),
            "see what its container wrote: tusker run w -- yarn logs -applicationId "
            "application_17_2");
}

TEST(Remedy, OfAnUnknownCauseIsTheLogOfTheRole) {
  EXPECT_EQ(remedy_for("something new", {.cluster = "w", .node = "core-1", .role = "DataNode"}),
            "see its log: tusker logs w core-1 DataNode");
  EXPECT_EQ(remedy_for("something new", {.cluster = "w", .node = "core-1"}), "");
}

TEST(Remedy, IsAddedToWhatHasNone) {
  EXPECT_EQ(with_remedy("x", {}), "x");
  EXPECT_EQ(with_remedy("build it again: tusker bundle build", {.node = "n", .role = "R"}),
            "build it again: tusker bundle build");
  EXPECT_EQ(with_remedy("java.lang.ClassNotFoundException: a.B", {}),
            "java.lang.ClassNotFoundException: a.B; name the main class (--main), or put what is "
            "missing into the jar");
  EXPECT_EQ(
      with_remedy("host vm has 0.0 GB of disk to give\n  code X, request 1", {}),
      "host vm has 0.0 GB of disk to give; free some of that host's disk, or ask for less of it "
      "(--disk)\n  code X, request 1")
      << "in its first line";
}

// What a node says may have braces.
TEST(Remedy, TakesNothingOfTheCauseForAPattern) {
  EXPECT_EQ(with_remedy("{node} {0} {", {.cluster = "{x}", .node = "n", .role = "R"}),
            "{node} {0} {; see its log: tusker logs {x} n R");
}

}  // namespace
}  // namespace tusker::cli
