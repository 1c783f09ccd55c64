"""Planted faults: the first line that is printed names the cause, the node and what to do, within 10 s of the cause.

It is the first line of the command that failed, or of `tusker cluster show` where none was given. A host's port that is taken, a full
disk before the start and a missing program are in test_start_errors.py, a jump of the clock, which a container cannot have, in tests/vm.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

from audit import difference, snapshot
from fixtures import make_installation
from harness import TUSKER, create_request, custom, wait_until

EXAMPLES = "local:///opt/tusker/hadoop/share/hadoop-mapreduce-examples.jar"
SECONDS = 10
CLUSTER = "faulty"
PROGRESS = re.compile(r" *\d+\.\d s  |Copying |Node sizes: |emr-")  # what a command tells while it goes on


@pytest.fixture(scope="module")
def cluster_id(installation):
    made = installation.create(CLUSTER)
    installation.wait_running(made)
    wait_until(lambda: first_line(installation) == f"name      {CLUSTER}", 60, "a cluster that is well")
    return made


@pytest.fixture(autouse=True)
def well_again(request):
    """Each fault is over before the next one is planted."""
    yield
    if "cluster_id" in request.fixturenames:
        installation = request.getfixturevalue("installation")
        wait_until(lambda: first_line(installation) == f"name      {CLUSTER}", 120, "a cluster that is well again")


def first_line(installation, *argv):
    shown = installation.tusker(*(argv or ("cluster", "show", CLUSTER)), check=False)
    return shown.stdout.decode().split("\n", 1)[0]


def shows(installation, *words, command=("cluster", "show", CLUSTER)):
    """The first line of `command` has these words within the time that is promised."""
    began = time.monotonic()
    line = ""
    while not all(word in line for word in words):
        assert time.monotonic() - began < SECONDS, f"{words} are not in: {line}"
        line = first_line(installation, *command)
    print(f"after {time.monotonic() - began:.1f} s: {line}")


def failed_line(done):
    """The first line of a command that failed which does not tell how it goes on."""
    assert done.returncode not in (0, 2), done.stdout.decode()
    said = done.stderr.decode() + done.stdout.decode()
    line = next(line for line in said.splitlines() if line and not PROGRESS.match(line))
    print(line)
    return line


def as_root(installation, node, script):
    return installation.tusker("run", CLUSTER, "--user", "root", "--node", node, "--", "sh", "-c", script)


# -- before there is a cluster: these come first, since each looks at what it leaves of this machine


@pytest.fixture
def fresh(machine_before):
    """An installation of its own, whose agent has fetched nothing yet."""
    made = make_installation(Path(f"/var/tmp/tusker-e2e-fault-{os.getpid()}"))
    yield made
    made.down(purge=True)
    shutil.rmtree(made.data, ignore_errors=True)
    left = difference(machine_before, snapshot())
    assert left == [], "\n".join(left)


def blob_of(installation, name):
    index = json.loads((installation.data / "server/blobs/index.json").read_text())
    newest = [bundle for bundle in index["bundles"] if bundle["name"] == name and bundle["kind"] != "archive"][-1]
    return installation.data / "server/blobs" / newest["digest"]


def create(installation, *options):
    return installation.tusker("cluster", "create", CLUSTER, "--core", "1", "--components", "hdfs", "--profile", "small", *options, check=False)


def wait_until_agent_knows(installation):
    """It fetches some hundred megabytes before, or hashes them."""
    wait_until(lambda: b"artifact.failed" in (installation.data / "agent/agent.log").read_bytes(), 120, "a fetch that failed")


def test_a_bundle_that_is_gone(fresh):
    fresh.link_blobs()
    blob_of(fresh, "hadoop").unlink()
    fresh.up(linked=True)  # the agent fetches as soon as it is there
    assert create(fresh).returncode == 0
    wait_until_agent_knows(fresh)
    shows(fresh, "master-1", "host ", "cannot fetch hadoop", "tusker bundle build")


def test_a_bundle_with_a_flipped_byte(fresh):
    fresh.link_blobs()
    blob = blob_of(fresh, "hadoop")
    content = bytearray(blob.read_bytes())
    content[len(content) // 2] ^= 1
    blob.unlink()  # it is linked with the one of the cache
    blob.write_bytes(content)
    fresh.up(linked=True)
    assert create(fresh).returncode == 0
    wait_until_agent_knows(fresh)
    shows(fresh, "master-1", "host ", "cannot fetch hadoop", "is damaged", "tusker bundle build")


@contextlib.contextmanager
def small_disk(installation, tmp_path):
    """What its agent keeps is on a file system of 8 GB, at the folder that this yields."""
    image, folder = tmp_path / "disk", installation.data / "agent"
    folder.mkdir()
    subprocess.run(["truncate", "-s", "8G", str(image)], check=True)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(folder)], check=True)
    try:
        yield folder
    finally:
        installation.down(purge=True)
        subprocess.run(["umount", str(folder)], check=False, capture_output=True)  # gone if it was purged


def host_of(installation):
    return json.loads(installation.tusker("host", "list", "-o", "json").stdout)[0]["HostName"]


def test_a_host_without_room_on_its_disk(fresh, tmp_path):
    with small_disk(fresh, tmp_path) as folder:
        subprocess.run(["fallocate", "-l", "7000M", str(folder / "planted")], check=True)
        fresh.up()
        line = failed_line(create(fresh))
        assert f"host {host_of(fresh)} has 0.0 GB of disk to give" in line
        assert "free some of that host's disk" in line and "--disk" in line


def test_a_host_whose_disk_fills(fresh, tmp_path):
    with small_disk(fresh, tmp_path) as folder:
        fresh.up()
        done = create(fresh, "--disk", "1", "--wait")
        assert done.returncode == 0, done.stderr.decode()
        free = shutil.disk_usage(folder).free
        subprocess.run(["fallocate", "-l", str(free - (300 << 20)), str(folder / "planted")], check=True)
        shows(fresh, "master-1", f"host {host_of(fresh)} has ", "MB of disk left", "free some of that host's disk")


# -- commands that fail


def test_a_broken_bootstrap_script(installation, cluster_id, tmp_path):
    script = tmp_path / "setup.sh"
    script.write_text("#!/bin/sh\necho no such repository >&2\nexit 7\n")
    done = installation.tusker("cluster", "create", "wrong-script", "--core", "1", "--components", "hdfs", "--profile", "small",
                               "--bootstrap", str(script), "--wait", check=False)
    line = failed_line(done)
    assert " on host " in line and "bootstrap script setup.sh: it ended with exit code 7: no such repository" in line
    assert "correct the script" in line


def test_a_bad_jar(installation, cluster_id, tmp_path):
    jar = tmp_path / "bad.jar"
    jar.write_bytes(b"this is no jar")
    line = failed_line(installation.tusker("job", "run", CLUSTER, "--jar", str(jar), "--wait", "--timeout", "120", check=False))
    assert re.match(r"Job \d+ failed: master-1 on host ", line)
    assert "zip END header not found" in line and "make it again" in line and "tusker job logs" in line


def test_a_heap_that_no_node_has(installation, cluster_id):
    options = "-Dyarn.app.mapreduce.am.command-opts=-Xmx999999g"
    line = failed_line(installation.tusker(
        "job", "run", CLUSTER, "--jar", EXAMPLES, "--wait", "--timeout", "120", "--", "pi", options, "1", "1", check=False))
    assert "master-1" in line and "AM Container for appattempt_" in line and "exitCode: 1" in line
    assert re.search(r"see what its container wrote: tusker run \S+ -- yarn logs -applicationId application_\d+_\d+", line)


def test_a_heap_by_a_shell_script_that_nothing_reads(installation, cluster_id):
    request = create_request("wrong-heap", 1, (1536, 1536), ("hdfs-3.5.0",))
    request.ExtendFsField = custom("HDFS", "hadoop-env.sh", {"HADOOP_HEAPSIZE": "999999"})
    with pytest.raises(TencentCloudSDKException) as refused:
        installation.client().CreateInstance(request)
    assert "hadoop-env.sh" in refused.value.message and "without shell scripts" in refused.value.message


def test_a_setting_that_keeps_a_daemon_from_starting(installation, cluster_id):
    request = create_request("wrong-setting", 1, (1536, 1536), ("hdfs-3.5.0",))
    request.ExtendFsField = custom("HDFS", "hdfs-site.xml", {"dfs.datanode.max.transfer.threads": "many"})
    made = installation.client().CreateInstance(request).InstanceId
    wait_until(lambda: b"NumberFormatException" in installation.tusker("logs", made, "core-1", "DataNode", check=False).stdout, 120,
               "the DataNode's own words")
    shows(installation, "DataNode on core-1", "NumberFormatException", "CustomConf", command=("cluster", "show", "wrong-setting"))
    flow = json.loads(installation.tusker("cluster", "show", "wrong-setting", "-o", "json").stdout)["FlowId"]
    shows(installation, "core-1", "NumberFormatException", command=("flow", "show", str(flow)))
    installation.tusker("flow", "cancel", str(flow))
    wait_until(lambda: installation.cluster(made).Status == 301, 60, "status 301")


def test_a_program_that_needs_more_memory_than_its_node_has(installation, cluster_id):
    done = installation.tusker("run", CLUSTER, "--node", "core-2", "--", "python3", "-c", "len(b'x' * (3 << 30))", check=False)
    assert done.returncode == 137
    line = failed_line(done)
    node = next(node for node in installation.nodes(cluster_id) if node.NameTag == "core.1")
    assert "out of memory" in line and node.EmrResourceId in line and "--spec" in line


# -- daemons


def test_a_process_that_is_killed_again_and_again(installation, cluster_id):
    for _ in range(2):
        as_root(installation, "core-2", "pkill -9 -f [p]roc_datanode")
        shows(installation, "core-2 on host", "DataNode", "by signal 9", "it is started again")
        wait_until(lambda: as_root(installation, "core-2", "pgrep -f [p]roc_datanode; :").stdout, 60, "it is started again")


def test_a_process_that_hangs(installation, cluster_id):
    as_root(installation, "core-2", "pkill -STOP -f [p]roc_datanode")
    try:
        shows(installation, "core-2 on host", "DataNode", "no whole answer within",
              f"tusker cluster restart {CLUSTER} --service hdfs --process DataNode --node core-2")
    finally:
        as_root(installation, "core-2", "pkill -CONT -f [p]roc_datanode")


TAKE_PORT = """
import os, signal, socket, subprocess, sys, time
subprocess.run(["pkill", "-9", "-f", "[p]roc_datanode"])
while True:
    try:
        taken = socket.create_server(("0.0.0.0", 4001))
        break
    except OSError:
        time.sleep(0.01)
print("taken", flush=True)
sys.stdin.read()
"""


def test_a_port_that_another_program_of_the_node_has(installation, cluster_id):
    holder = subprocess.Popen(
        [str(TUSKER), "run", CLUSTER, "--user", "root", "--node", "core-2", "--", "python3", "-c", TAKE_PORT],
        env={**os.environ, "TUSKER_DATA": str(installation.data)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b"taken\n"
        wait_until(lambda: b"Address already in use" in installation.tusker("logs", CLUSTER, "core-2", "DataNode", "-n", "60").stdout, 60,
                   "the DataNode's own words")
        shows(installation, "core-2 on host", "DataNode", "Address already in use", f"tusker run {CLUSTER} --node core-2 --user root -- ss -ltnp")
    finally:
        holder.communicate(b"")


def test_a_firewall_that_drops_what_a_node_sends(installation, cluster_id):
    addresses = {node["Name"]: node for node in json.loads(installation.tusker("node", "list", CLUSTER, "-o", "json").stdout)}
    network = next(Path("/run/tusker").glob(f"*/nodes/{addresses['core-2']['ResourceId']}/netns"))
    rules = (f"table ip planted {{ chain out {{ type filter hook output priority 0;"
             f" ip daddr {addresses['master-1']['Address']} drop; }}; }}")
    within = ["nsenter", f"--net={network}", "nft"]
    subprocess.run([*within, rules], check=True)
    try:
        shows(installation, "core-2 on host", "DataNode: the NameNode has not answered its heartbeats for", "no firewall drops")
    finally:
        subprocess.run([*within, "delete table ip planted"], check=True)


# -- disks and hosts


def test_a_full_disk_of_a_node(installation, cluster_id):
    as_root(installation, "core-2", "fallocate -l $(($(df --output=avail -B1 /data/1 | tail -1) - 50000000)) /data/1/planted")
    try:
        shows(installation, "core-2 on host", "its disk is full", f"tusker run {CLUSTER} --node core-2 --user root -- du")
    finally:
        as_root(installation, "core-2", "rm /data/1/planted")


def test_a_host_that_is_suspended(installation, cluster_id):
    agent = installation.pid_of("agent")
    os.kill(agent, signal.SIGSTOP)
    try:
        shows(installation, "master-1 on host", "is not connected", "tusker up")
    finally:
        os.kill(agent, signal.SIGCONT)
