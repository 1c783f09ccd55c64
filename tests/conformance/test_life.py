"""The whole life of a cluster, by each official client in turn, unmodified, over plain HTTP on a port of the loopback."""

import re
import time

import pytest

from clients import CLIENTS, NodeSdk, Access, Refused
from harness import left_of
from requests_of_users import add_tag, create_cluster, create_instance

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(scope="module", params=CLIENTS, ids=lambda client: client.name)
def client_type(request):
    return request.param


@pytest.fixture(scope="module")
def client(installation, client_type, tmp_path_factory):
    key = installation.key
    made = client_type(Access(installation.endpoint, key["SecretId"], key["SecretKey"]), tmp_path_factory.mktemp(client_type.name))
    yield made
    made.close()


@pytest.fixture(scope="module")
def cluster(client, client_type):
    """Its id and name. Made by the older action or by the newer one."""
    name = f"life-{client_type.name}"
    action, body = ("CreateCluster", create_cluster(name)) if client_type is NodeSdk else ("CreateInstance", create_instance(name))
    made = client.call(action, body)
    assert UUID.fullmatch(made["RequestId"])
    return {"id": made["InstanceId"], "name": name}


def shown(client, cluster) -> list:
    return client.call("DescribeInstances", {"DisplayStrategy": "clusterList", "InstanceIds": [cluster["id"]]})["ClusterList"]


def wait_for_flow(client, cluster, flow_id) -> dict:
    deadline = time.monotonic() + 180
    while True:
        flow = client.call(
            "DescribeClusterFlowStatusDetail",
            {"InstanceId": cluster["id"], "FlowParam": {"FKey": "FlowId", "FValue": str(flow_id)}})
        if flow["FlowTotalStatus"] in (2, -1):
            return flow
        assert time.monotonic() < deadline, flow
        time.sleep(0.5)


def test_create_and_wait_until_it_runs(client_type, client, cluster):
    client.wait_for_status(cluster["id"], 2)
    found = shown(client, cluster)[0]
    assert (found["ClusterId"], found["ClusterName"], found["Status"]) == (cluster["id"], cluster["name"], 2)
    assert {"TagKey": "made-by", "TagValue": cluster["name"]} in found["Tags"]


def test_list_its_nodes(client_type, client, cluster):
    answer = client.call("DescribeClusterNodes", {"InstanceId": cluster["id"], "NodeFlag": "all", "Offset": 0, "Limit": 10})
    assert sorted(node["NameTag"] for node in answer["NodeList"]) == ["core.0", "master.0"]
    assert answer["TotalCnt"] == 2


def test_find_it_in_the_list(client_type, client, cluster):
    answer = client.call("DescribeInstancesList", {"DisplayStrategy": "clusterList", "Offset": 0, "Limit": 20})
    assert (cluster["id"], cluster["name"]) in {(row["ClusterId"], row["ClusterName"]) for row in answer["InstancesList"]}


def test_rename_it(client_type, client, cluster):
    cluster["name"] = f"renamed-{client_type.name}"
    client.call("ModifyInstanceBasic", {"InstanceId": cluster["id"], "ClusterName": cluster["name"]})
    assert shown(client, cluster)[0]["ClusterName"] == cluster["name"]


def test_tag_it_with_text_of_any_language(client_type, client, cluster):
    answer = client.call("ModifyResourcesTags", add_tag(cluster["id"], "团队", "données & <data>"))
    assert (answer["SuccessList"], answer["FailList"]) == ([cluster["id"]], [])
    assert {"TagKey": "团队", "TagValue": "données & <data>"} in shown(client, cluster)[0]["Tags"]


def test_add_a_node_and_follow_the_flow(client_type, client, cluster):
    answer = client.call(
        "ScaleOutInstance", {"InstanceId": cluster["id"], "TimeUnit": "s", "TimeSpan": 3600, "PayMode": 0, "CoreCount": 1})
    flow = wait_for_flow(client, cluster, answer["FlowId"])
    assert flow["FlowTotalStatus"] == 2, flow
    nodes = client.call("DescribeClusterNodes", {"InstanceId": cluster["id"], "NodeFlag": "core"})["NodeList"]
    assert sorted(node["NameTag"] for node in nodes) == ["core.0", "core.1"]


def test_be_told_that_a_cluster_is_not_there(client_type, client, cluster):
    with pytest.raises(Refused) as refused:
        client.call("DescribeClusterNodes", {"InstanceId": "emr-zzzzzzzz", "NodeFlag": "all"})
    assert refused.value.code.startswith("ResourceNotFound")
    assert "emr-zzzzzzzz" in refused.value.message
    assert UUID.fullmatch(refused.value.request_id)


def test_be_told_what_is_wrong_with_a_request(client_type, client, cluster):
    with pytest.raises(Refused) as refused:
        client.call("CreateInstance", {**create_instance("wrong-one"), "Software": ["hdfs-9.9.9"]})
    assert refused.value.code == "InvalidParameter.SoftwareNotInProduct"
    assert "hdfs-3.5.0" in refused.value.message


def test_terminate_it_and_see_it_gone(client_type, client, cluster):
    nodes = [n["EmrResourceId"] for n in client.call("DescribeClusterNodes", {"InstanceId": cluster["id"], "NodeFlag": "all"})["NodeList"]]
    client.call("TerminateInstance", {"InstanceId": cluster["id"]})
    deadline = time.monotonic() + 60
    while shown(client, cluster):
        assert time.monotonic() < deadline, "terminated and still listed"
        time.sleep(0.3)
    assert len(nodes) == 3 and left_of(nodes) == []
