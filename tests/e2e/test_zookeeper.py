"""ZooKeeper: a cluster of nothing else, its command line on every node, and what outlives stops and restarts."""

import socket

import pytest
from tencentcloud.emr.v20190103 import models

from harness import left_of, wait_until


@pytest.fixture(scope="module")
def cluster_id(installation):
    made = installation.create("keeping", core=1, memory_mb=(1024, 1024), software=("zookeeper-3.9.5",))
    installation.wait_running(made)
    return made


def zk(installation, *argv, node="master-1", **options):
    return installation.tusker("run", "keeping", "--node", node, "--", "zkCli.sh", *argv, **options)


def process(installation, cluster_id):
    request = models.DescribeServiceNodeInfosRequest()
    request.InstanceId, request.ServiceName = cluster_id, "ZOOKEEPER"
    found = installation.client().DescribeServiceNodeInfos(request).ServiceNodeList
    assert len(found) == 1, found
    return found[0]


def word(address, text):
    with socket.create_connection((address, 2181), timeout=10) as peer:
        peer.sendall(text.encode())
        return b"".join(iter(lambda: peer.recv(65536), b"")).decode()


def test_a_znode_made_on_the_master_is_read_on_a_core_node(installation, cluster_id):
    zk(installation, "create", "/rivers", "Elbe and Oder")
    assert b"Elbe and Oder\n" in zk(installation, "get", "/rivers", node="core-1").stdout
    listed = zk(installation, "-server", "master-1:2181", "ls", "/").stdout
    assert b"[rivers, zookeeper]" in listed


def test_a_mistake_is_told_and_is_a_failure(installation, cluster_id):
    done = zk(installation, "get", "/no-such", check=False)
    assert (done.returncode, b"Node does not exist: /no-such" in done.stderr) == (1, True)


def test_the_prompt_takes_commands_from_standard_input(installation, cluster_id):
    done = zk(installation, input=b"create /rivers/rhine 1233\nget /rivers/rhine\nquit\n")
    assert b"1233" in done.stdout
    assert b"WARN" not in done.stderr


def test_it_is_listed_by_its_documented_number(installation, cluster_id):
    listed = process(installation, cluster_id)
    assert (listed.NodeName, listed.NodeType, listed.PortsInfo) == ("QuorumPeerMain", 0, "client:2181")
    assert (listed.Status, listed.HealthStatus.Code, listed.NodeFlagFilter) == (1, 1, "master")


def test_it_answers_what_an_operator_asks_and_has_no_page_of_administration(installation, cluster_id):
    address = process(installation, cluster_id).Ip
    assert "Mode: standalone" in word(address, "srvr")
    assert "\nmaxClientCnxns=300\n" in word(address, "conf")
    assert "not in the whitelist" in word(address, "wchp")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address, 8080), timeout=10)


def test_its_log_has_what_happened_and_not_what_probes_ask(installation, cluster_id):
    log = installation.tusker("logs", "keeping", "master-1", "QuorumPeerMain").stdout
    assert b"running in standalone mode" in log
    assert b"Processing mntr command" not in log


def test_data_survives_a_restart_of_the_process(installation, cluster_id):
    before = word(process(installation, cluster_id).Ip, "mntr")
    installation.tusker("cluster", "restart", "keeping", "--service", "zookeeper", "--yes", "--wait")
    assert b"1233\n" in zk(installation, "get", "/rivers/rhine", node="core-1").stdout
    assert count(word(process(installation, cluster_id).Ip, "mntr")) == count(before)


def count(figures):
    return next(line for line in figures.splitlines() if line.startswith("zk_znode_count"))


def test_data_survives_that_the_cluster_is_stopped(installation, cluster_id):
    address = process(installation, cluster_id).Ip
    installation.tusker("cluster", "stop", "keeping", "--yes", "--wait")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address, 2181), timeout=10)
    installation.tusker("cluster", "start", "keeping", "--wait")
    wait_until(lambda: process(installation, cluster_id).HealthStatus.Code == 1, 30, "ZooKeeper good")
    assert b"Elbe and Oder\n" in zk(installation, "get", "/rivers").stdout


def test_terminate_leaves_nothing(installation, cluster_id):
    nodes = [node.EmrResourceId for node in installation.nodes(cluster_id)]
    installation.terminate(cluster_id)
    assert left_of(nodes) == []
