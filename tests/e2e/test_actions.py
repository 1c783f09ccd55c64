"""Further actions by the official SDK: a cluster of the second generation, its processes, and what the hosts have room for."""

import os
import signal
from pathlib import Path

import pytest
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.emr.v20190103 import models

from harness import wait_until

PROCESSES = {
    "master.0": {"NameNode", "ResourceManager", "JobHistoryServer"},
    "core.0": {"SecondaryNameNode", "DataNode", "NodeManager"},
    "core.1": {"DataNode", "NodeManager"},
}


def node_spec(instance_type: str, roles: dict) -> models.NodeResourceSpec:
    def disk(kind: str, size: int) -> models.DiskSpecInfo:
        made = models.DiskSpecInfo()
        made.Count, made.DiskType, made.DiskSize = 1, kind, size
        return made

    def deployed(software: str, names: list) -> models.ServiceDeploy:
        made = models.ServiceDeploy()
        made.SoftwareName, made.Roles = software, names
        return made

    spec = models.NodeResourceSpec()
    spec.InstanceType = instance_type
    spec.SystemDisk = [disk("CLOUD_PREMIUM", 50)]
    spec.DataDisk = [disk("CLOUD_SSD", 4)]
    spec.SoftwareConfig = [deployed(software, names) for software, names in roles.items()]
    return spec


def create_cluster_request(name: str, token: str) -> models.CreateClusterRequest:
    """As Terraform writes it: upper case, processes by node type, one zone without a tag."""
    request = models.CreateClusterRequest()
    request.ProductVersion = "EMR-V5.0.0"
    request.EnableSupportHAFlag = False
    request.InstanceName = name
    request.InstanceChargeType = "POSTPAID_BY_HOUR"
    request.ClientToken = token
    request.LoginSettings = models.LoginSettings()
    request.LoginSettings.Password = "Tusker@2026x"
    request.SceneSoftwareConfig = models.SceneSoftwareConfig()
    request.SceneSoftwareConfig.SceneName = "Hadoop-Default"
    request.SceneSoftwareConfig.Software = ["HDFS-3.5.0", "YARN-3.5.0"]
    zone = models.ZoneResourceConfiguration()
    zone.VirtualPrivateCloud = models.VirtualPrivateCloud()
    zone.VirtualPrivateCloud.VpcId, zone.VirtualPrivateCloud.SubnetId = "vpc-11111111", "subnet-22222222"
    zone.Placement = models.Placement()
    zone.Placement.Zone = "local-1"
    zone.AllNodeResourceSpec = models.AllNodeResourceSpec()
    zone.AllNodeResourceSpec.MasterCount = 1
    zone.AllNodeResourceSpec.MasterResourceSpec = node_spec(
        "S6.SMALL2", {"HDFS-3.5.0": ["NameNode"], "YARN-3.5.0": ["ResourceManager"], "RUNTIME-1.0": ["RUNTIME"]})
    zone.AllNodeResourceSpec.CoreCount = 2
    zone.AllNodeResourceSpec.CoreResourceSpec = node_spec(
        "S6.SMALL2", {"HDFS-3.5.0": ["DataNode"], "YARN-3.5.0": ["NodeManager"]})
    request.ZoneResourceConfiguration = [zone]
    return request


def room_for(installation, instance_type: str) -> models.NodeSpecInstanceType:
    request = models.DescribeNodeSpecRequest()
    request.ZoneId, request.CvmPayMode, request.NodeType = 100001, 0, "Core"
    request.TradeType, request.ProductId, request.SceneName = 1, 500, "Hadoop-Default"
    families = installation.client().DescribeNodeSpec(request).NodeSpecs[0].Types[0].InstanceFamilies
    return next(t for family in families for t in family.InstanceTypes if t.InstanceType == instance_type)


def processes(installation, cluster_id: str, **filters) -> list:
    request = models.DescribeServiceNodeInfosRequest()
    request.InstanceId = cluster_id
    for name, value in filters.items():
        setattr(request, name, value)
    return installation.client().DescribeServiceNodeInfos(request).ServiceNodeList


@pytest.fixture(scope="module")
def room_before(installation):
    return room_for(installation, "S6.SMALL2").Num


@pytest.fixture(scope="module")
def cluster_id(installation, room_before):
    made = installation.client().CreateCluster(create_cluster_request("newer-one", "token-1")).InstanceId
    installation.wait_running(made)
    yield made
    installation.terminate(made)


def test_a_cluster_of_the_second_generation_is_like_any_other(installation, cluster_id):
    cluster = installation.cluster(cluster_id)
    assert (cluster.Status, cluster.ClusterName, cluster.EmrVersion) == (2, "newer-one", "EMR-V5.0.0")
    assert cluster.Config.SoftInfo == ["HDFS-3.5.0", "YARN-3.5.0"]
    core = next(node for node in installation.nodes(cluster_id) if node.NameTag == "core.0")
    assert (core.Spec, core.CpuNum, core.MemDesc, core.DiskSize) == ("CVM.S6", 1, "2GB", "4.00 GB")
    done = installation.tusker("run", "newer-one", "--", "sh", "-c", "echo it works | hdfs dfs -put - one && hdfs dfs -cat one")
    assert done.stdout == b"it works\n"


def test_its_client_token_gives_the_same_cluster_again(installation, cluster_id):
    again = installation.client().CreateCluster(create_cluster_request("newer-one", "token-1"))
    assert again.InstanceId == cluster_id
    with pytest.raises(TencentCloudSDKException) as refused:
        installation.client().CreateCluster(create_cluster_request("another-one", "token-1"))
    assert refused.value.code == "InvalidParameter.InvalidClientToken"


def test_every_process_is_listed_and_good(installation, cluster_id):
    names = {node.Ip: node.NameTag for node in installation.nodes(cluster_id)}
    # The SecondaryNameNode starts when the cluster serves.
    wait_until(lambda: all(p.HealthStatus.Code == 1 for p in processes(installation, cluster_id)), 60, "every process good")
    found = {name: set() for name in PROCESSES}
    for process in processes(installation, cluster_id):
        found[names[process.Ip]].add(process.NodeName)
        assert (process.Status, process.ConfStatus) == (1, 1), process.to_json_string()
    assert found == PROCESSES
    assert {p.NodeName for p in processes(installation, cluster_id, ServiceName="YARN", NodeTypeName="core")} == {"NodeManager"}


def process_of(node_id: str, word: bytes) -> int:
    """A process of a node's container, as the host sees it."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if node_id in (entry / "cgroup").read_text() and word in (entry / "cmdline").read_bytes():
                    return int(entry.name)
            except OSError:
                continue
    return 0


def test_a_process_that_is_killed_is_told_of_until_it_is_back(installation, cluster_id):
    def unavailable():
        return [(p.NodeName, p.HealthStatus.Desc) for p in processes(installation, cluster_id, HealthStateId="0")]

    master = next(node for node in installation.nodes(cluster_id) if node.NameTag == "master.0")
    os.kill(process_of(master.EmrResourceId, b"-Dproc_historyserver"), signal.SIGKILL)
    told = wait_until(unavailable, 30, "a process is unavailable")
    assert told[0][0] == "JobHistoryServer" and told[0][1], told
    wait_until(lambda: not unavailable(), 60, "every process good again")


def test_room_shrinks_by_what_the_cluster_holds(installation, cluster_id, room_before):
    now = room_for(installation, "S6.SMALL2").Num
    assert 0 <= now < room_before
    request = models.DescribeCvmQuotaRequest()
    request.ClusterId = cluster_id
    quota = installation.client().DescribeCvmQuota(request).PostPaidQuotaSet[0]
    assert (quota.UsedQuota, quota.TotalQuota, quota.Zone) == (3, quota.RemainingQuota + 3, "local-1")
    assert quota.RemainingQuota >= now, "its core nodes have smaller disks than the product's default"


def test_what_has_no_room_says_so_as_a_create_does(installation, cluster_id):
    largest = room_for(installation, "S6.16XLARGE256")
    assert (largest.Num, largest.Remark) == (0, "RunOut")
    request = create_cluster_request("too-large", "token-2")
    request.ZoneResourceConfiguration[0].AllNodeResourceSpec.CoreResourceSpec.InstanceType = "S6.16XLARGE256"
    with pytest.raises(TencentCloudSDKException) as refused:
        installation.client().CreateCluster(request)
    assert refused.value.code == "ResourceInsufficient.InstanceInsufficient"
    for said in (largest.SoldOutReason, refused.value.message):
        assert "needs 256.0 GB of memory" in said and "of memory to give" in said
