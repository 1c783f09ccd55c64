// Each published code of TerminateInstance that can come; docs/api-notes.md says why the others
// cannot.
#include <gtest/gtest.h>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

class TerminateInstance : public ::testing::Test {
 protected:
  Answered terminate(std::string_view more = "") {
    return world.call("TerminateInstance", fmt::format(R"({{"InstanceId":"{}"{}}})", id, more));
  }
  // Nothing may have begun.
  void expect_refused(std::string_view more, std::string_view code) {
    const Answered answered = terminate(more);
    EXPECT_EQ(answered.code, code) << more << ": " << answered.message;
    EXPECT_EQ(world.model.cluster(id)->state(), store::Cluster::RUNNING) << more;
  }
  ApiWorld world;
  const std::string id = world.create("wordcount");
};

class TerminateRunningInstance : public TerminateInstance {
 protected:
  TerminateRunningInstance() { world.finish_flow(id); }
};

TEST_F(TerminateRunningInstance, EndsTheWholeClusterBeforeItAnswers) {
  const Answered answered = terminate();
  EXPECT_EQ(answered.code, "") << answered.message;
  EXPECT_EQ(world.model.cluster(id)->state(), store::Cluster::TERMINATING);
  EXPECT_EQ(world.model.running_flow(id)->kind(), store::Flow::TERMINATE);
  EXPECT_EQ(world.model.running_flow(id)->node_ids_size(), 3);
}

TEST_F(TerminateRunningInstance, TakesTheParametersThatMeanTheClusterItself) {
  const Answered answered =
      terminate(R"(,"ResourceIds":[],"ResourceBaseType":"EMR","ComputeResourceId":"",)"
                R"("RetainTkeCluster":true)");
  EXPECT_EQ(answered.code, "") << answered.message;
  EXPECT_EQ(world.model.cluster(id)->state(), store::Cluster::TERMINATING);
}

TEST_F(TerminateRunningInstance, RefusesParametersThatMeanAnythingElse) {
  expect_refused(R"(,"ResourceIds":["emr-vm-aaaaaaaa"])", "InvalidParameter");
  expect_refused(R"(,"ResourceBaseType":"ComputeResource","ComputeResourceId":"emr-cr-aaaaaaaa")",
                 "UnsupportedOperation.ServiceNotSupport");
  expect_refused(R"(,"ComputeResourceId":"emr-cr-aaaaaaaa")",
                 "UnsupportedOperation.ServiceNotSupport");
  expect_refused(R"(,"ResourceBaseType":"TKE")", "InvalidParameterValue");
  expect_refused(R"(,"RetainTkeCluster":"perhaps")", "InvalidParameter");
}

TEST_F(TerminateRunningInstance, TellsUnknownClustersAndBadIdsApart) {
  const auto code = [&](std::string_view cluster) {
    return world.call("TerminateInstance", fmt::format(R"({{"InstanceId":"{}"}})", cluster)).code;
  };
  EXPECT_EQ(code("emr-zzzzzzzz"), "ResourceNotFound.InstanceNotFound");
  EXPECT_EQ(code("wordcount"), "InvalidParameter.InvalidInstanceName");
  EXPECT_EQ(world.call("TerminateInstance", "{}").code, "MissingParameter");
}

TEST_F(TerminateRunningInstance, HidesClustersOfOtherAccounts) {
  store::Cluster row = *world.model.cluster(id);
  row.set_account(row.account() + 1);
  Change change;
  change.put(std::move(row));
  world.journal.commit(std::move(change));
  expect_refused("", "ResourceNotFound.InstanceNotFound");
}

TEST_F(TerminateRunningInstance, WantsPermission) {
  store::AccessKey row = *world.model.access_key(world.key.secret_id);
  row.set_read_only(true);
  Change change;
  change.put(std::move(row));
  world.journal.commit(std::move(change));
  expect_refused("", "UnauthorizedOperation.CheckCamAuth");
}

TEST_F(TerminateInstance, WaitsForNoOtherFlow) {
  EXPECT_EQ(terminate().code, "ResourceInUse.InstanceInProcess");
  EXPECT_EQ(world.model.cluster(id)->state(), store::Cluster::CREATING);
}

TEST_F(TerminateRunningInstance, FindsNothingASecondTime) {
  EXPECT_EQ(terminate().code, "");
  EXPECT_EQ(terminate().code, "ResourceInUse.InstanceInProcess") << "while the first one runs";
  for (int i = 0; i < 10 && world.model.running_flow(id) != nullptr; ++i) {
    world.store.write_all();
    world.store.tell();
    world.report_removed();
  }
  EXPECT_EQ(terminate().code, "ResourceNotFound.InstanceNotFound");
}

}  // namespace
}  // namespace tusker::api
