"""Nodes come and go while a cluster works: nothing that HDFS holds is lost, and nothing of a node is left."""

import hashlib
import json
import random

import pytest
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.emr.v20190103 import models

from audit import difference, snapshot
from harness import create_request, custom, wait_until

BLOCK = 1 << 20
BLOCKS = 48


def datanodes(installation):
    """Those that the NameNode knows, living or dead."""
    report = installation.tusker(
        "run", "scaled", "--", "env", "HADOOP_USER_NAME=hadoop", "hdfs", "dfsadmin", "-report").stdout.decode()
    return sorted(line.split()[1].split(".")[0] for line in report.splitlines() if line.startswith("Hostname: "))


def flow_status(installation, cluster_id, flow_id):
    request = models.DescribeClusterFlowStatusDetailRequest()
    request.InstanceId = cluster_id
    request.FlowParam = models.FlowParam()
    request.FlowParam.FKey, request.FlowParam.FValue = "FlowId", str(flow_id)
    return installation.client().DescribeClusterFlowStatusDetail(request).FlowTotalStatus


def wait_flow(installation, cluster_id, flow_id, wanted=2):
    wait_until(lambda: flow_status(installation, cluster_id, flow_id) in (2, -1), 240, f"the end of flow {flow_id}")
    assert flow_status(installation, cluster_id, flow_id) == wanted


def terminate_nodes(installation, cluster_id, nodes):
    request = models.TerminateClusterNodesRequest()
    request.InstanceId, request.NodeFlag = cluster_id, "CORE"
    request.CvmInstanceIds = [node.OrderNo for node in nodes]
    return installation.client().TerminateClusterNodes(request)


@pytest.fixture(scope="module")
def cluster_id(installation):
    made = installation.create("scaled")
    installation.wait_running(made)
    yield made
    installation.tusker("cluster", "terminate", "scaled", "--yes", "--wait", check=False)  # the last test has ended it


@pytest.fixture(scope="module")
def before_growth(cluster_id):
    return snapshot()


@pytest.fixture(scope="module")
def data(installation, cluster_id):
    """48 blocks of what no compression or repetition helps with."""
    content = random.Random(7).randbytes(BLOCK * BLOCKS)
    installation.tusker("run", "scaled", "--", "hdfs", "dfs", "-D", f"dfs.blocksize={BLOCK}", "-put", "-", "data", input=content)
    return hashlib.sha256(content).hexdigest()


def read_back(installation):
    return hashlib.sha256(installation.tusker("run", "scaled", "--", "hdfs", "dfs", "-cat", "data").stdout).hexdigest()


def test_a_node_more_by_the_official_sdk(installation, cluster_id, before_growth, data):
    request = models.ScaleOutInstanceRequest()
    request.InstanceId, request.TimeUnit, request.TimeSpan, request.PayMode = cluster_id, "s", 3600, 0
    request.CoreCount = 1
    answer = installation.client().ScaleOutInstance(request)
    assert answer.InstanceId == cluster_id and answer.TraceId
    assert installation.cluster(cluster_id).Status in (4, 2)
    wait_flow(installation, cluster_id, answer.FlowId)
    assert installation.cluster(cluster_id).Status == 2
    assert sorted(node.NameTag for node in installation.nodes(cluster_id)) == ["core.0", "core.1", "core.2", "master.0"]
    assert datanodes(installation) == ["core-1", "core-2", "core-3"]
    nodes = installation.tusker("run", "scaled", "--", "yarn", "node", "-list").stdout.decode()
    assert nodes.count("RUNNING") == 3


def test_a_leaving_node_loses_no_block_though_it_has_the_only_replica(installation, cluster_id, data):
    leaving = next(node for node in installation.nodes(cluster_id) if node.NameTag == "core.2")
    # Blocks with one replica each, spread over three nodes: some are nowhere but on the one that leaves.
    installation.tusker(
        "run", "scaled", "--", "sh", "-c",
        f"hdfs dfs -cat data | hdfs dfs -D dfs.blocksize={BLOCK} -D dfs.replication=1 -put - single")
    where = installation.tusker("run", "scaled", "--", "hdfs", "fsck", "single", "-files", "-blocks", "-locations").stdout.decode()
    assert where.count(f"DatanodeInfoWithStorage[{leaving.Ip}:") >= 1
    answer = terminate_nodes(installation, cluster_id, [leaving])
    with pytest.raises(TencentCloudSDKException) as refused:
        terminate_nodes(installation, cluster_id, [leaving])
    assert refused.value.code == "ResourceInUse.InstanceInProcess"
    wait_flow(installation, cluster_id, answer.FlowId)
    assert read_back(installation) == data
    single = installation.tusker("run", "scaled", "--", "hdfs", "dfs", "-cat", "single").stdout
    assert hashlib.sha256(single).hexdigest() == data
    assert datanodes(installation) == ["core-1", "core-2"]


def test_a_node_that_left_leaves_nothing(installation, before_growth):
    wait_until(lambda: difference(before_growth, snapshot()) == [], 10, "nothing left of a node that left")


def test_fewer_nodes_than_copies_are_refused_and_nothing_is_touched(installation, cluster_id, data):
    node = next(node for node in installation.nodes(cluster_id) if node.NameTag == "core.1")
    with pytest.raises(TencentCloudSDKException) as refused:
        terminate_nodes(installation, cluster_id, [node])
    assert refused.value.code == "FailedOperation"
    assert "2 copies" in refused.value.message
    assert installation.cluster(cluster_id).Status == 2


def test_a_cancelled_growth_leaves_the_cluster_as_it_was(installation, cluster_id, data):
    installation.tusker("cluster", "scale", "scaled", "--core", "3")
    flow = json.loads(installation.tusker("cluster", "show", "scaled", "-o", "json").stdout)["FlowId"]
    installation.tusker("flow", "cancel", str(flow))
    wait_flow(installation, cluster_id, flow, wanted=-1)
    assert installation.cluster(cluster_id).Status == 2
    assert sorted(node.NameTag for node in installation.nodes(cluster_id)) == ["core.0", "core.1", "master.0"]
    assert datanodes(installation) == ["core-1", "core-2"]
    assert read_back(installation) == data


def test_a_node_whose_datanode_is_dead_leaves_once_hdfs_has_other_copies(installation):
    """With a NameNode that gives a DataNode up after some 12 s, and not 120."""
    request = create_request("halfdead", 3, (1536, 1536), ("hdfs-3.5.0",))
    request.ExtendFsField = custom("HDFS", "hdfs-site.xml", {"dfs.namenode.heartbeat.recheck-interval": "1000"})
    made = installation.client().CreateInstance(request).InstanceId
    installation.wait_running(made)
    content = random.Random(8).randbytes(24 << 20)
    installation.tusker("run", "halfdead", "--", "hdfs", "dfs", "-D", f"dfs.blocksize={BLOCK}", "-put", "-", "data", input=content)
    installation.tusker("run", "halfdead", "--user", "root", "--node", "core-2", "--", "pkill", "-STOP", "-f", "[p]roc_datanode")
    node = next(node for node in installation.nodes(made) if node.NameTag == "core.1")
    states = lambda: {role["State"] for one in json.loads(installation.tusker("node", "list", "halfdead", "-o", "json").stdout)  # noqa: E731
                      if one["Name"] == "core-2" for role in one["Roles"] if role["Name"] == "DataNode"}
    wait_until(lambda: states() == {"starting"}, 30, "its DataNode does not serve")
    told = []

    def accepted():
        try:
            return terminate_nodes(installation, made, [node])
        except TencentCloudSDKException as error:
            assert "does not serve, so its blocks cannot move" in error.message
            told.append(error.message)
            return None

    wait_flow(installation, made, wait_until(accepted, 120, "HDFS has made other copies").FlowId)
    assert "the NameNode has not given it up yet" in told[0]
    back = installation.tusker("run", "halfdead", "--", "hdfs", "dfs", "-cat", "data").stdout
    assert hashlib.sha256(back).digest() == hashlib.sha256(content).digest()
    report = installation.tusker("run", "halfdead", "--", "hdfs", "fsck", "data").stdout.decode()
    assert "Status: HEALTHY" in report and "Under-replicated blocks:\t0" in report
    installation.tusker("cluster", "terminate", "halfdead", "--yes", "--wait")


def test_a_new_node_never_takes_the_name_of_one_that_left(installation, cluster_id):
    done = installation.tusker("cluster", "scale", "scaled", "--core", "3", "--wait")
    assert b"scaled has 3 core nodes" in done.stderr
    assert "core.4" in {node.NameTag for node in installation.nodes(cluster_id)}


def test_a_tag_ends_a_cluster_of_that_age(installation, cluster_id):
    """By now it is more than a minute old."""
    tag = models.Tag()
    tag.TagKey, tag.TagValue = "tusker:max-age", "1m"
    change = models.ModifyResourceTags()
    change.ResourceId, change.Resource = cluster_id, f"qcs::emr:local:uin/:emr-instance/{cluster_id}"
    change.ResourcePrefix, change.ResourceRegion = "emr-instance", "local"
    change.ServiceType, change.AddTags, change.DeleteTags, change.ModifyTags = "emr", [tag], [], []
    request = models.ModifyResourcesTagsRequest()
    request.ModifyType, request.ModifyResourceTagsInfoList = "Cluster", [change]
    installation.client().ModifyResourcesTags(request)
    wait_until(lambda: installation.cluster(cluster_id) is None, 90, "the end of a cluster that is too old")
    told = installation.tusker("events").stdout.decode()
    assert "cluster scaled is terminated, as its tags ask: it is 1 min old" in told, told[-2000:]
