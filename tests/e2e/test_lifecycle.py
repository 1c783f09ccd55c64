"""The thin path with the official SDK: create, use, terminate, nothing left."""

import collections
import re
import subprocess
import time

import pytest
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.emr.v20190103 import models

from audit import difference, snapshot
from harness import wait_until


def node_named(installation, cluster_id, name):
    return next(node for node in installation.nodes(cluster_id) if node.NameTag == name)


@pytest.fixture(scope="module")
def cluster_id(installation):
    made = installation.create("lifecycle")
    installation.wait_running(made)
    return made


def test_a_created_cluster_shows_its_nodes_and_software(installation, cluster_id):
    cluster = installation.cluster(cluster_id)
    assert cluster.ClusterName == "lifecycle"
    assert cluster.Status == 2
    assert "hdfs-3.5.0" in cluster.Config.SoftInfo
    nodes = installation.nodes(cluster_id)
    assert sorted(node.NameTag for node in nodes) == ["core.0", "core.1", "master.0"]
    assert len({node.Ip for node in nodes}) == 3


def test_a_word_count_by_real_mapreduce_equals_coreutils(installation, cluster_id):
    text = b"".join(open(f"/usr/share/common-licenses/{name}", "rb").read() for name in ("GPL-2", "GPL-3", "Apache-2.0"))
    installation.tusker("run", "lifecycle", "--", "hdfs", "dfs", "-put", "-", "/tmp/words", input=text)
    installation.tusker(
        "run", "lifecycle", "--", "hadoop", "jar", "/opt/tusker/hadoop/share/hadoop-mapreduce-examples.jar",
        "wordcount", "/tmp/words", "/tmp/counted",
    )
    counted = installation.tusker("run", "lifecycle", "--", "hdfs", "dfs", "-cat", "/tmp/counted/part-r-*").stdout
    ours = {word: int(n) for word, n in (line.split("\t") for line in counted.decode().splitlines())}
    # StringTokenizer's white space, which is not Python's.
    assert ours == dict(collections.Counter(re.findall(r"[^ \t\n\r\f]+", text.decode())))


def test_an_ordinary_user_is_not_the_superuser_of_hdfs(installation, cluster_id):
    done = installation.tusker("run", "lifecycle", "--", "hdfs", "dfs", "-rm", "-r", "-skipTrash", "/user", check=False)
    assert done.returncode != 0
    assert b"Permission denied" in done.stdout + done.stderr


def test_both_lists_show_a_cluster_by_its_new_name(installation, cluster_id):
    request = models.ModifyInstanceBasicRequest()
    request.InstanceId, request.ClusterName = cluster_id, "renamed-lifecycle"
    installation.client().ModifyInstanceBasic(request)
    listed = models.DescribeInstancesListRequest()
    listed.DisplayStrategy = "clusterList"
    by_name = models.Filters()
    by_name.Name, by_name.Values = "ClusterName", ["renamed-lifecycle"]
    listed.Filters = [by_name]
    assert [entry.ClusterId for entry in installation.client().DescribeInstancesList(listed).InstancesList] == [cluster_id]
    assert installation.cluster(cluster_id).ClusterName == "renamed-lifecycle"
    installation.tusker("cluster", "rename", "renamed-lifecycle", "lifecycle")
    assert installation.cluster(cluster_id).ClusterName == "lifecycle"


def test_a_second_operation_while_one_runs_is_refused_by_name(installation, cluster_id):
    other = installation.create("second-operation", core=1)
    request = models.TerminateInstanceRequest()
    request.InstanceId = other
    with pytest.raises(TencentCloudSDKException) as refused:
        installation.client().TerminateInstance(request)
    assert refused.value.code == "ResourceInUse.InstanceInProcess"
    installation.wait_running(other)
    installation.terminate(other)


def test_a_create_that_is_cancelled_unwinds_to_nothing(installation, cluster_id):
    before = snapshot()
    other = installation.create("cancelled-one", core=1)
    flows = installation.tusker("api", "DescribeFlows", f'{{"InstanceId":"{other}"}}').stdout.decode()
    flow = re.search(r'"FlowId": ?(\d+)', flows).group(1)
    installation.tusker("flow", "cancel", flow)
    wait_until(lambda: installation.cluster(other).Status == 301, 60, "status 301")
    wait_until(lambda: difference(before, snapshot()) == [], 10, "nothing left of a cancelled create")


def test_terminate_leaves_nothing_within_two_seconds(installation, machine_before, cluster_id):
    request = models.TerminateInstanceRequest()
    request.InstanceId = cluster_id
    nodes = [node.EmrResourceId for node in installation.nodes(cluster_id)]
    installation.client().TerminateInstance(request)
    answered = time.monotonic()

    def traces():
        shown = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
        mounts = open("/proc/self/mountinfo").read()
        return [node for node in nodes if node in shown or node in mounts]

    wait_until(lambda: not traces(), 10, "nodes gone")
    took = time.monotonic() - answered
    print(f"terminate: API answer to nothing left: {took:.2f} s")
    wait_until(lambda: installation.cluster(cluster_id) is None, 10, "cluster gone from the list")
