"""A node leaves under load: half a gigabyte of blocks, some nowhere else, a file that is being written, a container of a running job."""

import hashlib
import json
import random
import re
import subprocess
import time

import pytest

from harness import wait_until

NAME = "shrinking"
BLOCK = 12 << 20
BLOCKS = 42
OPEN_BYTES = 60 << 20
EXAMPLES = "local:///opt/tusker/hadoop/share/hadoop-mapreduce-examples.jar"
MAPS = 6
SAMPLES = 50_000_000  # some 20 s of each map


@pytest.fixture(scope="module")
def cluster_id(installation):
    made = installation.create(NAME, 3, (1536, 2048))
    installation.wait_running(made)
    return made


@pytest.fixture(scope="module")
def digest(installation, cluster_id):
    """504 MB in 42 blocks of one copy each, spread over three nodes."""
    put = installation.start("run", NAME, "--", "hdfs", "dfs", "-D", f"dfs.blocksize={BLOCK}", "-D", "dfs.replication=1", "-put", "-", "data",
                             stdin=subprocess.PIPE)
    source, summed = random.Random(7), hashlib.sha256()
    for _ in range(BLOCKS):
        block = source.randbytes(BLOCK)
        summed.update(block)
        put.stdin.write(block)
    put.stdin.close()
    assert put.wait(timeout=300) == 0
    return summed.hexdigest()


def begin_writing(installation, node, path, size, block):
    """A file of blocks of one copy, on `node`, that is open until the program's standard input is closed."""
    writing = installation.start("run", NAME, "--node", node, "--", "hdfs", "dfs", "-D", f"dfs.blocksize={block}", "-D", "dfs.replication=1",
                                 "-put", "-d", "-", path, stdin=subprocess.PIPE)
    writing.stdin.write(bytes(size))
    writing.stdin.flush()
    return writing


def sum_of(installation):
    read = installation.start("run", NAME, "--", "hdfs", "dfs", "-cat", "data", stdout=subprocess.PIPE)
    summed = hashlib.sha256()
    while block := read.stdout.read(1 << 20):
        summed.update(block)
    assert read.wait() == 0
    return summed.hexdigest()


def open_files(installation):
    return installation.tusker("run", NAME, "--user", "hadoop", "--", "hdfs", "dfsadmin", "-listOpenFiles").stdout.decode()


def ask(installation, address, path):
    """JSON of a service of the cluster, asked from its master."""
    script = f"import urllib.request; print(urllib.request.urlopen('http://{address}{path}').read().decode())"
    return json.loads(installation.tusker("run", NAME, "--", "python3", "-c", script).stdout)


def runs_on(installation, master, leaving):
    """Whether a container runs there. One that is only given out is not enough: the ResourceManager does not keep a node for it."""
    nodes = ask(installation, f"{master}:5003", "/ws/v1/cluster/nodes")["nodes"]["node"]
    node = next(node for node in nodes if node["nodeHostName"].startswith(leaving))
    if node["numContainers"] == 0:
        return False
    metrics = ask(installation, node["nodeHTTPAddress"], "/jmx?qry=Hadoop:service=NodeManager,name=NodeManagerMetrics")
    return metrics["beans"][0]["ContainersRunning"] > 0


def attempts_of(installation, master, job):
    """States of the attempts of its tasks, from the history server."""
    history = f"/ws/v1/history/mapreduce/jobs/{job}/tasks"
    tasks = ask(installation, f"{master}:5024", history)["tasks"]["task"]
    states = []
    for task in tasks if isinstance(tasks, list) else [tasks]:
        found = ask(installation, f"{master}:5024", f"{history}/{task['id']}/attempts")["taskAttempts"]["taskAttempt"]
        states += [(attempt["id"], attempt["state"], attempt["diagnostics"]) for attempt in (found if isinstance(found, list) else [found])]
    return states


def begin_to_leave(installation, told, said):
    """The last of three core nodes is to leave, and what is told of it goes to the file `told`: there it `said` what holds it."""
    with told.open("wb") as out:
        scaling = installation.start("cluster", "scale", NAME, "--core", "2", "--wait", "--yes", stderr=out)
    wait_until(lambda: said in told.read_text() or scaling.poll() is not None, 60, said)
    assert said in told.read_text(), told.read_text()
    return scaling


def decommission_lines(installation):
    log = installation.tusker("logs", NAME, "master-1", "ResourceManager", "-n", "3000").stdout.decode()
    words = ("ecommission", "Disallowed", "unusable", "excluded")
    return "\n".join(line for line in log.splitlines() if any(word in line for word in words))


def test_neither_a_block_nor_an_attempt_is_lost(installation, cluster_id, digest, tmp_path):
    master = next(node.Ip for node in installation.nodes(cluster_id) if node.NameTag == "master.0")
    where = installation.tusker("run", NAME, "--", "hdfs", "fsck", "data", "-files", "-blocks", "-locations").stdout.decode()
    leaving = next(node for node in installation.nodes(cluster_id) if node.NameTag == "core.2")
    assert where.count(f"DatanodeInfoWithStorage[{leaving.Ip}:") >= 1, "core-3 has none of the blocks"
    assert " Total blocks (validated):\t42 " in where, where

    installation.tusker("job", "run", NAME, "--jar", EXAMPLES, "--", "pi", str(MAPS), str(SAMPLES))
    started = json.loads(installation.tusker("job", "list", NAME, "-o", "json").stdout)[0]
    wait_until(lambda: runs_on(installation, master, "core-3"), 120, "a container of the job on core-3")
    writing = begin_writing(installation, "core-3", "/tmp/today", OPEN_BYTES, 1 << 20)
    wait_until(lambda: "/tmp/today" in open_files(installation), 60, "a block of the open file")
    began = time.monotonic()
    told = tmp_path / "told"
    scaling = begin_to_leave(installation, told, f" of files that are still being written: /tmp/today (from {leaving.Ip})")
    writing.stdin.close()
    assert writing.wait(timeout=60) == 0
    assert scaling.wait(timeout=600) == 0, told.read_text()
    assert re.search(r"YARN waits for applications that ran there to end; running: (1|application_\d+_0001 \(QuasiMonteCarlo\));", told.read_text()), told.read_text()
    print(f"the node left within {time.monotonic() - began:.0f} s\n{told.read_text()}")
    assert "core.2" not in {node.NameTag for node in installation.nodes(cluster_id)}

    shown = {}

    def ended():
        shown.update(json.loads(installation.tusker("job", "show", str(started["JobFlowId"]), "-o", "json").stdout)[0])
        return shown["State"] == "FINISHED" or shown["Steps"][0]["State"] in ("SUCCEEDED", "FAILED")

    wait_until(ended, 300, "the job's end")
    assert shown["Steps"][0]["State"] == "SUCCEEDED", shown
    job = shown["Steps"][0]["ApplicationIds"][0].replace("application", "job")
    attempts = attempts_of(installation, master, job)
    assert len(attempts) >= MAPS + 1
    bad = [attempt for attempt in attempts if attempt[1] != "SUCCEEDED"]
    assert not bad, f"{bad}\n{decommission_lines(installation)}"
    assert sum_of(installation) == digest
    assert installation.tusker("run", NAME, "--", "hdfs", "dfs", "-cat", "/tmp/today").stdout == bytes(OPEN_BYTES)
    log = installation.tusker("logs", NAME, "master-1", "NameNode", "-n", "5000").stdout.decode()
    assert "cmd=refreshNodes" in log
    assert "listOpenFiles" not in log, "what a probe asks is no news"


def test_a_block_that_is_being_written_keeps_its_node(installation, cluster_id, tmp_path):
    """One block, which no other node has and which is not finished when the node begins to leave: HDFS-17658."""
    installation.tusker("cluster", "scale", NAME, "--core", "3", "--wait")
    leaving = max(installation.nodes(cluster_id), key=lambda node: int(node.NameTag.split(".")[1]))
    name = f"core-{int(leaving.NameTag.split('.')[1]) + 1}"
    writing = begin_writing(installation, name, "/tmp/growing", 4 << 20, 64 << 20)
    wait_until(lambda: "/tmp/growing" in open_files(installation), 60, "a block of the open file")
    told = tmp_path / "told"
    scaling = begin_to_leave(installation, told, f" 1 block is of files that are still being written: /tmp/growing (from {leaving.Ip})")
    writing.stdin.write(bytes(4 << 20))
    writing.stdin.close()
    assert writing.wait(timeout=60) == 0
    assert scaling.wait(timeout=120) == 0, told.read_text()
    assert leaving.EmrResourceId not in {node.EmrResourceId for node in installation.nodes(cluster_id)}
    assert installation.tusker("run", NAME, "--", "hdfs", "dfs", "-cat", "/tmp/growing").stdout == bytes(8 << 20)
