"""Services are stopped, started and restarted, and what they hold is there afterwards."""

import hashlib
import json

import pytest
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.emr.v20190103 import models

from harness import wait_until


@pytest.fixture(scope="module")
def cluster_id(installation):
    made = installation.create("serving")
    installation.wait_running(made)
    yield made
    installation.tusker("cluster", "terminate", "serving", "--yes", "--wait")


def states(installation, cluster_id):
    """{(core.0, DataNode): STARTED}"""
    found = {}
    for node in installation.nodes(cluster_id):
        for pair in filter(None, node.ServicesStatus.split(",")):
            role, state = pair.split(":")
            found[node.NameTag, role] = state
    return found


def operate(installation, cluster_id, verb, service, process=None, addresses=(), strategy=None):
    request = models.StartStopServiceOrMonitorRequest()
    request.InstanceId, request.OpType = cluster_id, verb
    what = models.ServiceBasicRestartInfo()
    what.ServiceName = service
    if process:
        one = models.ComponentBasicRestartInfo()
        one.ComponentName, one.IpList = process, list(addresses)
        what.ComponentInfoList = [one]
    request.OpScope = models.OpScope()
    request.OpScope.ServiceInfoList = [what]
    if strategy is not None:
        request.StrategyConfig = models.StrategyConfig()
        for name, value in strategy.items():
            setattr(request.StrategyConfig, name, value)
    return installation.client().StartStopServiceOrMonitor(request)


def test_a_stopped_cluster_keeps_its_data_and_its_nodes(installation, cluster_id):
    content = b"what HDFS keeps\n" * 10000
    installation.tusker("run", "serving", "--", "hdfs", "dfs", "-put", "-", "kept", input=content)
    before = installation.nodes(cluster_id)
    installation.tusker("cluster", "stop", "serving", "--yes", "--wait")
    assert set(states(installation, cluster_id).values()) == {"STOPED"}
    row = json.loads(installation.tusker("cluster", "list", "-o", "json").stdout)[0]
    assert (row["Status"], row["ClusterTitle"]) == (2, "stopped")
    refused = installation.tusker("cluster", "scale", "serving", "--core", "3", check=False)
    assert refused.returncode != 0 and b"tusker cluster start serving" in refused.stderr
    assert b"stopped already" in installation.tusker("cluster", "stop", "serving", "--yes", "--wait").stderr
    installation.tusker("cluster", "start", "serving", "--wait")
    assert set(states(installation, cluster_id).values()) == {"STARTED"}
    read = installation.tusker("run", "serving", "--", "hdfs", "dfs", "-cat", "kept").stdout
    assert hashlib.sha256(read).digest() == hashlib.sha256(content).digest()
    assert [(node.EmrResourceId, node.Ip) for node in installation.nodes(cluster_id)] == [
        (node.EmrResourceId, node.Ip) for node in before]


def test_a_rolling_restart_by_the_official_sdk_restarts_each_process_once(installation, cluster_id):
    operate(installation, cluster_id, "RestartService", "HDFS", "DataNode",
            strategy={"RollingRestartSwitch": 1, "BatchSize": 1, "TimeWait": 1, "DealOnFail": 0})
    with pytest.raises(TencentCloudSDKException) as refused:
        operate(installation, cluster_id, "StopService", "YARN")
    assert refused.value.code == "ResourceInUse.InstanceInProcess"
    flow = json.loads(installation.tusker("cluster", "show", "serving", "-o", "json").stdout)["FlowId"]
    wait_until(lambda: json.loads(installation.tusker("flow", "show", str(flow), "-o", "json").stdout)[0]["Outcome"] == "DONE",
               120, "the end of the restart")
    assert set(states(installation, cluster_id).values()) == {"STARTED"}
    report = installation.tusker("run", "serving", "--", "env", "HADOOP_USER_NAME=hadoop", "hdfs", "dfsadmin", "-report")
    assert b"Live datanodes (2)" in report.stdout
    assert b"Missing blocks: 0" in report.stdout


def test_one_process_stops_and_starts_by_its_node(installation, cluster_id):
    installation.tusker("cluster", "stop", "serving", "--service", "yarn", "--process", "NodeManager", "--node", "core-2",
                        "--yes", "--wait")
    found = states(installation, cluster_id)
    assert found.pop(("core.1", "NodeManager")) == "STOPED"
    assert set(found.values()) == {"STARTED"}
    installation.tusker("cluster", "start", "serving", "--wait")
    assert set(states(installation, cluster_id).values()) == {"STARTED"}


def test_a_cancelled_stop_is_taken_back(installation, cluster_id):
    installation.tusker("cluster", "stop", "serving", "--yes")
    flow = json.loads(installation.tusker("cluster", "show", "serving", "-o", "json").stdout)["FlowId"]
    cancelled = installation.tusker("flow", "cancel", str(flow), check=False)
    assert cancelled.returncode == 0 or b"has ended" in cancelled.stderr
    installation.tusker("cluster", "start", "serving", "--wait")
    assert set(states(installation, cluster_id).values()) == {"STARTED"}


def test_words_that_are_wrong_are_answered_with_those_that_are_right(installation, cluster_id):
    unknown = installation.tusker("cluster", "stop", "serving", "--service", "hbase", "--yes", check=False)
    assert unknown.returncode != 0 and b"HDFS, YARN" in unknown.stderr
    node = installation.tusker("cluster", "stop", "serving", "--service", "hdfs", "--process", "DataNode", "--node", "core-9",
                               "--yes", check=False)
    assert node.returncode != 0 and b"core-1, core-2" in node.stderr
    asked = installation.tusker("cluster", "stop", "serving", check=False)
    assert asked.returncode != 0 and b"--yes" in asked.stderr
