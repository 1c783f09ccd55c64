#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

std::string step(std::string_view type,
                 std::string_view more = "",
                 std::string_view policy = "CONTINUE") {
  return fmt::format(
      R"({{"Name":"count","ActionOnFailure":"{}",)"
      R"("ExecutionStep":{{"JobType":"{}","Args":["hdfs:///app.jar","/in","/out"]}}{}}})",
      policy,
      type,
      more);
}

class RunJobFlow : public ::testing::Test {
 protected:
  Answered run(std::string_view steps, std::string_view more = "", std::string_view instance = "") {
    return world.call("RunJobFlow",
                      fmt::format(R"({{"Name":"nightly","CreateCluster":false,"InstanceId":"{}",)"
                                  R"("InstancePolicy":"Reserve","Steps":[{}]{}}})",
                                  instance.empty() ? id : std::string(instance),
                                  steps,
                                  more));
  }
  boost::json::object response(const Answered& answered) {
    EXPECT_EQ(answered.code, "") << answered.message;
    return boost::json::parse(answered.reply.body).at("Response").as_object();
  }
  std::int64_t start(std::string_view steps, std::string_view more = "") {
    return response(run(steps, more)).at("JobFlowId").as_int64();
  }
  boost::json::object describe(std::int64_t job) {
    return response(world.call("DescribeJobFlow", fmt::format(R"({{"JobFlowId":{}}})", job)));
  }
  // "JobFlowStepsRunning: JobFlowStepStatusRunning"
  std::string states(std::int64_t job) {
    const boost::json::object answer = describe(job);
    std::string text = std::string(answer.at("State").as_string()) + ":";
    for (const auto& detail : answer.at("Details").as_array())
      text += " " + std::string(detail.at("JobState").as_string());
    return text;
  }
  // The master's host says this of its task, and nothing is wrong elsewhere.
  void report(const std::string& task, link::TaskStatus::State state, int code) {
    world.report_running([&](link::NodeStatus& node) {
      if (node.id() != master) return;
      link::TaskStatus& status = *node.add_tasks();
      status.set_id(task);
      status.set_state(state);
      status.set_exit_code(code);
      status.add_log("java.lang.OutOfMemoryError: Java heap space");
      status.add_log(" at org.apache.hadoop.util.RunJar.run(RunJar.java:328)");
      status.add_log("tusker: ended with exit code 1");
      status.add_notes("application application_1700000000000_0001");
    });
  }
  RunJobFlow() {
    world.finish_flow(id);
    for (const auto& [order, node] : world.model.nodes_of(id))
      if (node->type() == store::MASTER) master = node->id();
  }

  ApiWorld world;
  const std::string id = world.create("wordcount");
  std::string master;
};

TEST_F(RunJobFlow, RunsStepsOneAfterTheOtherOnTheMasterAndTellsTheirApplications) {
  const std::int64_t job = start(step("MR") + "," + step("MR"));
  EXPECT_EQ(states(job), "JobFlowStepsRunning: JobFlowStepStatusRunning JobFlowStepStatusInit");
  report(fmt::format("job-{}-1", job), link::TaskStatus::DONE, 0);
  EXPECT_EQ(states(job), "JobFlowStepsRunning: JobFlowStepStatusSucceed JobFlowStepStatusRunning");
  EXPECT_EQ(describe(job).at("Details").at(0).at("ApplicationId").as_string(),
            "application_1700000000000_0001");
  report(fmt::format("job-{}-2", job), link::TaskStatus::DONE, 0);
  EXPECT_EQ(states(job), "JobFlowFinish: JobFlowStepStatusSucceed JobFlowStepStatusSucceed");
  EXPECT_NE(world.model.cluster(id), nullptr);
}

TEST_F(RunJobFlow, SaysWhyAStepFailedAndGoesOnOrEndsTheClusterAsAsked) {
  const std::int64_t job = start(step("MR") + "," + step("MR", "", "TERMINATE_CLUSTER"));
  report(fmt::format("job-{}-1", job), link::TaskStatus::DONE, 1);
  EXPECT_EQ(states(job), "JobFlowStepsRunning: JobFlowStepStatusFailed JobFlowStepStatusRunning");
  const boost::json::object told =
      response(world.call("DescribeJobs", fmt::format(R"({{"JobFlowId":{}}})", job)));
  const boost::json::value& reason = told.at("Jobs").at(0).at("Steps").at(0).at("FailedReason");
  EXPECT_EQ(reason.at("ExitCode").as_int64(), 1);
  EXPECT_EQ(reason.at("Message").as_string(),
            "it ended with exit code 1: java.lang.OutOfMemoryError: Java heap space");
  report(fmt::format("job-{}-2", job), link::TaskStatus::DONE, 1);
  EXPECT_EQ(states(job), "JobFlowTerminating: JobFlowStepStatusFailed JobFlowStepStatusFailed");
  world.report_removed();
  EXPECT_EQ(states(job), "JobFlowFinish: JobFlowStepStatusFailed JobFlowStepStatusFailed");
}

TEST_F(RunJobFlow, MakesAClusterForItsStepsAndReleasesIt) {
  const std::int64_t job =
      response(
          world.call(
              "RunJobFlow",
              fmt::format(
                  R"({{"Name":"nightly","CreateCluster":true,"InstancePolicy":"Terminate",)"
                  R"("Steps":[{1}],"ProductVersion":"EMR-V5.0.0",)"
                  R"("BootstrapActions":[{{"Path":"data:;base64,dHJ1ZQ==",)"
                  R"("WhenRun":"clusterBefore","Args":["x"]}}],)"
                  R"("Software":["hdfs-3.5.0","yarn-3.5.0"],"Instance":{{)"
                  R"("InstanceChargeType":"POSTPAID_BY_HOUR","SupportHA":false,)"
                  R"("SecurityGroupIds":[],"Placement":{{"Zone":"ap-guangzhou-1"}},)"
                  R"("VPCSettings":{{"VpcId":"vpc-12345678","SubnetId":"subnet-12345678"}},)"
                  R"("LoginSettings":{{"Password":"Wordcount1!"}},)"
                  R"("TagSpecification":["{{\"TagKey\":\"team\",\"TagValue\":\"data\"}}"],)"
                  R"("MetaDB":{{"MetaType":"EMR_DEFAULT_META","UnifyMetaInstanceId":"",)"
                  R"("MetaDBInfo":{{}}}},"ResourceSpec":{{)"
                  R"("MasterCount":1,"MasterResourceSpec":{0},)"
                  R"("CoreCount":2,"CoreResourceSpec":{0}}}}}}})",
                  R"({"Spec":"CVM.TK","InstanceType":"TK.SMALL2","Tags":[],)"
                  R"("DiskGroups":[{"Spec":{"DiskType":"CLOUD_SSD","DiskSize":20},"Count":2}]})",
                  step("MR"))))
          .at("JobFlowId")
          .as_int64();
  const std::string made = world.model.job(JobId{job})->cluster_id();
  EXPECT_EQ(states(job), "JobFlowResourceApplied: JobFlowStepStatusInit");
  EXPECT_EQ(world.model.cluster(made)->tags(0).value(), "data");
  ASSERT_EQ(world.model.cluster(made)->scripts_size(), 1);
  EXPECT_EQ(world.model.cluster(made)->scripts(0).moment(), store::Script::CLUSTER_BEFORE);
  EXPECT_EQ(world.model.cluster(made)->scripts(0).arguments(0), "x");
  EXPECT_EQ(world.model.nodes_of(made).begin()->second->disks_size(), 2);
  world.finish_flow(made);
  world.timers.fire(world.clock.now());
  EXPECT_EQ(states(job), "JobFlowStepsRunning: JobFlowStepStatusRunning");
}

TEST_F(RunJobFlow, GivesTheSameJobToTheSameToken) {
  const std::int64_t first = start(step("MR"), R"(,"ClientToken":"a")");
  EXPECT_EQ(start(step("MR"), R"(,"ClientToken":"a")"), first);
  EXPECT_EQ(start(step("MR"), R"(,"ClientToken":"b")"), first + 1);
}

TEST_F(RunJobFlow, CancelsWhatRunsAndWhatDoesNotYet) {
  const std::int64_t job = start(step("MR") + "," + step("MR"));
  EXPECT_EQ(world.call("CancelJob", fmt::format(R"({{"JobFlowId":{}}})", job)).code, "");
  report(fmt::format("job-{}-1", job), link::TaskStatus::TIMED_OUT, 143);
  EXPECT_EQ(states(job), "JobFlowFinish: JobFlowStepStatusFailed JobFlowStepStatusFailed");
  EXPECT_EQ(world.call("CancelJob", fmt::format(R"({{"JobFlowId":{}}})", job)).code,
            "FailedOperation.JobNotCancellable");
}

TEST_F(RunJobFlow, FindsTheLogOfAStepOnItsNode) {
  const std::int64_t job = start(step("MR"));
  const Answered logs =
      world.call("DescribeRoleLogs", fmt::format(R"({{"InstanceId":"{}","Node":"master-1"}})", id));
  EXPECT_NE(logs.body().find(fmt::format("\"task-job-{}-1\"", job)), std::string::npos);
}

TEST_F(RunJobFlow, RefusesWhatItCannotDo) {
  const auto code = [&](const std::string& steps, std::string_view more = "") {
    return run(steps, more).code;
  };
  EXPECT_EQ(code(step("HIVE")), "InvalidParameter.InvalidJobType");
  EXPECT_EQ(code(step("SPARK")), "InvalidParameter.InvalidJobType") << "there is no Spark here";
  EXPECT_EQ(code(step("BASH")), "InvalidParameter.InvalidJobType");
  EXPECT_EQ(code(step("MR", "", "CANCEL_AND_WAIT")), "InvalidParameter.InvalidFailurePolicy");
  EXPECT_EQ(code(step("MR", R"(,"User":"root")")), "InvalidParameterValue");
  EXPECT_EQ(code(step("MR", R"(,"User":"hadoop")")), "");
  EXPECT_EQ(code(""), "InvalidParameterValue");
  EXPECT_EQ(code(step("MR"), R"(,"LogUri":"cosn://bucket/logs")"), "UnsupportedOperation");
  EXPECT_EQ(run(step("MR"), "", "emr-00000000").code, "ResourceNotFound.InstanceNotFound");
  EXPECT_EQ(world.call("DescribeJobFlow", R"({"JobFlowId":99})").code,
            "InvalidParameter.InvalidJobFlow");
}

}  // namespace
}  // namespace tusker::api
