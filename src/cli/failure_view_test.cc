#include "cli/failure_view.h"

#include <gtest/gtest.h>

namespace tusker::cli {
namespace {

FailureView failure() {
  FailureView failure;
  failure.stage = "start-services";
  failure.host = "desk";
  failure.node = "core-1 (emr-vm-aaaaaaaa)";
  failure.role = "DataNode";
  failure.message = "ended with exit code 1: java.net.BindException: Address already in use";
  failure.log = {"one line"};
  return failure;
}

TEST(Failure, BeginsWithWhereAndWhyAndWhatToDo) {
  const std::string shown = render_failure(failure(), "wordcount");
  EXPECT_TRUE(shown.starts_with(
      "core-1 on host desk: DataNode: ended with exit code 1: java.net.BindException: Address "
      "already in use; another program in the node has this port; see which: tusker run wordcount "
      "--node core-1 --user root -- ss -ltnp\n"))
      << shown;
  EXPECT_NE(shown.find("start-services"), std::string::npos);
  EXPECT_TRUE(shown.ends_with("last 1 log lines:\n  one line\n")) << shown;
}

TEST(Failure, SaysItsRoleOnce) {
  FailureView named = failure();
  named.message = "DataNode on core-1 ended 5 times without becoming ready: x";
  EXPECT_TRUE(headline(named, "w").starts_with("core-1 on host desk: DataNode on core-1 ended"))
      << headline(named, "w");
}

TEST(Failure, OfNoPlaceIsItsMessage) {
  FailureView bare;
  bare.message = "the job was cancelled";
  EXPECT_EQ(headline(bare, "w"), "the job was cancelled");
}

}  // namespace
}  // namespace tusker::cli
