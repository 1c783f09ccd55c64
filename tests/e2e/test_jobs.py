"""Jobs: steps of MapReduce by the official SDK and the command line, their logs and reasons, and what they outlive."""

import json
import subprocess
import urllib.request

import pytest
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.emr.v20190103 import models

from harness import wait_until

EXAMPLES = "/opt/tusker/hadoop/share/hadoop-mapreduce-examples.jar"


@pytest.fixture(scope="module")
def cluster_id(installation):
    made = installation.create("working")
    installation.wait_running(made)
    return made


def run_flow(installation, cluster_id, *steps, policy="Reserve", on_failure="CONTINUE"):
    request = models.RunJobFlowRequest()
    request.Name, request.CreateCluster, request.InstanceId, request.InstancePolicy = "nightly", False, cluster_id, policy
    request.Steps = []
    for arguments in steps:
        step = models.Step()
        step.Name, step.ActionOnFailure = arguments[0], on_failure
        step.ExecutionStep = models.Execution()
        step.ExecutionStep.JobType, step.ExecutionStep.Args = "MR", [f"local://{EXAMPLES}", *arguments]
        request.Steps.append(step)
    return installation.client().RunJobFlow(request).JobFlowId


def describe(installation, job):
    request = models.DescribeJobFlowRequest()
    request.JobFlowId = job
    return installation.client().DescribeJobFlow(request)


def finished(installation, job, seconds=240):
    return wait_until(lambda: (told := describe(installation, job)).State == "JobFlowFinish" and told, seconds, f"the end of job {job}")


def show(installation, job):
    return json.loads(installation.tusker("job", "show", str(job), "-o", "json").stdout)[0]


def applications(installation, cluster_id):
    """{application id: (state, final status, user)} as the ResourceManager tells."""
    address = next(node.Ip for node in installation.nodes(cluster_id) if node.NameTag == "master.0")
    answer = json.load(urllib.request.urlopen(f"http://{address}:5003/ws/v1/cluster/apps", timeout=10))
    return {app["id"]: (app["state"], app["finalStatus"], app["user"]) for app in (answer["apps"] or {}).get("app", [])}


def run(installation, *argv, **options):
    return installation.tusker("run", "working", "--", *argv, **options)


def test_steps_run_one_after_another_and_name_their_applications(installation, cluster_id):
    run(installation, "hdfs", "dfs", "-put", "-", "/user/tusker/text", input=b"to be or not to be\n" * 1000)
    job = run_flow(installation, cluster_id, ("wordcount", "text", "counted"), ("grep", "text", "found", "be"))
    told = finished(installation, job)
    assert [step.JobState for step in told.Details] == ["JobFlowStepStatusSucceed"] * 2
    seen = applications(installation, cluster_id)
    for step in told.Details:
        assert seen[step.ApplicationId] == ("FINISHED", "SUCCEEDED", "tusker")
    steps = show(installation, job)["Steps"]
    assert len(steps[1]["ApplicationIds"]) == 2, "this example submits two"
    counted = run(installation, "hdfs", "dfs", "-cat", "counted/part-r-00000").stdout
    assert counted == b"be\t2000\nnot\t1000\nor\t1000\nto\t2000\n"


def test_a_jar_of_this_machine_runs_by_one_command_and_its_log_is_there(installation, cluster_id, tmp_path):
    jar = tmp_path / "app.jar"
    jar.write_bytes(run(installation, "cat", EXAMPLES).stdout)
    done = installation.tusker("job", "run", "working", "--jar", str(jar), "--wait", "--timeout", "240", "--", "pi", "2", "10")
    assert b"succeeded" in done.stderr
    job = json.loads(installation.tusker("job", "list", "working", "-o", "json").stdout)[0]["JobFlowId"]
    log = installation.tusker("job", "logs", str(job)).stdout.decode()
    assert "Estimated value of Pi" in log and log.endswith("tusker: ended with exit code 0\n")


def test_a_step_that_fails_says_why_and_the_next_one_runs(installation, cluster_id):
    job = run_flow(installation, cluster_id, ("wordcount", "no-such-file", "out-of-nothing"), ("pi", "1", "10"))
    told = finished(installation, job)
    assert [step.JobState for step in told.Details] == ["JobFlowStepStatusFailed", "JobFlowStepStatusSucceed"]
    reason = show(installation, job)["Steps"][0]["FailedReason"]
    assert reason["Node"].startswith("master-1") and reason["ExitCode"] != 0
    assert any("Input path does not exist" in line for line in reason["Log"])
    shown = installation.tusker("job", "show", str(job)).stdout.decode()
    assert "Input path does not exist" in shown and "hadoop jar" in shown


def test_a_cancelled_job_leaves_no_application(installation, cluster_id):
    job = run_flow(installation, cluster_id, ("pi", "2", "100000000000"), ("pi", "1", "10"))
    application = wait_until(lambda: describe(installation, job).Details[0].ApplicationId, 120, "its application")
    wait_until(lambda: applications(installation, cluster_id)[application][0] == "RUNNING", 120, "that it runs")
    installation.tusker("job", "cancel", str(job))
    finished(installation, job, 120)
    assert [step["State"] for step in show(installation, job)["Steps"]] == ["CANCELLED", "CANCELLED"]
    assert applications(installation, cluster_id)[application][0] == "KILLED"
    again = installation.tusker("job", "cancel", str(job), check=False)
    assert again.returncode != 0 and b"nothing to cancel" in again.stderr


def pid_of(installation, node, role):
    """Of a role's process, in its node."""
    found = installation.tusker("run", "--user", "root", "--node", node, "working", "--",
                                "pgrep", "-f", f"proc_{role}").stdout.split()
    return found[0].decode()


def test_a_job_outlives_server_agent_and_daemons_of_yarn(installation, cluster_id):
    job = run_flow(installation, cluster_id, ("pi", "8", "30000000"))
    application = wait_until(lambda: describe(installation, job).Details[0].ApplicationId, 120, "its application")
    wait_until(lambda: applications(installation, cluster_id)[application][0] == "RUNNING", 120, "that it runs")
    for node, role in (("master-1", "resourcemanager"), ("core-1", "nodemanager")):
        installation.tusker("run", "--user", "root", "--node", node, "working", "--",
                            "kill", "-9", pid_of(installation, node, role))
    installation.kill("agent")
    installation.kill("server")
    # It is up again when it answers; the SDK would not wait for it.
    wait_until(lambda: installation.tusker("job", "show", str(job), check=False).returncode == 0, 60, "the server")
    told = finished(installation, job, 300)
    assert [step.JobState for step in told.Details] == ["JobFlowStepStatusSucceed"], show(installation, job)
    assert applications(installation, cluster_id)[application][:2] == ("FINISHED", "SUCCEEDED")
    assert show(installation, job)["Steps"][0]["ApplicationIds"] == [application], "it was not submitted again"


def test_a_bad_request_names_what_is_wrong(installation, cluster_id):
    with pytest.raises(TencentCloudSDKException) as refused:
        describe(installation, 4711)
    assert refused.value.code == "InvalidParameter.InvalidJobFlow"
    spark = installation.tusker("job", "run", "working", "--type", "spark", "--jar", "hdfs:///x.jar", check=False)
    assert spark.returncode != 0 and b"it runs MR" in spark.stderr
    missing = installation.tusker("job", "run", "working", "--jar", "/no/such.jar", check=False)
    assert missing.returncode != 0 and b"/no/such.jar" in missing.stderr


def test_a_job_ends_its_cluster_and_its_log_stays(installation, cluster_id):
    job = run_flow(installation, cluster_id, ("pi", "1", "10"), policy="Terminate")
    finished(installation, job)
    assert installation.cluster(cluster_id) is None
    assert "Estimated value of Pi" in installation.tusker("job", "logs", str(job)).stdout.decode()
