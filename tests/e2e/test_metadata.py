"""The metadata of HDFS are copied to the server, and outlive the disk that they are on."""

import hashlib
import json
import os
import random
import re
import signal
import tarfile

import pytest

from harness import create_request, custom, wait_until

CLUSTER = "copied"


@pytest.fixture(scope="module")
def cluster_id(installation):
    made = installation.create(CLUSTER, software=("hdfs-3.5.0",))
    installation.wait_running(made)
    return made


def copies(installation):
    return json.loads(installation.tusker("metadata", "list", CLUSTER, "-o", "json").stdout)


def files(installation, cluster_id):
    folder = installation.data / "server/metadata" / cluster_id
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def put(installation, name, size, cluster=CLUSTER):
    content = random.Random(name).randbytes(size)
    installation.tusker("run", cluster, "--", "hdfs", "dfs", "-put", "-", name, input=content)
    return hashlib.sha256(content).hexdigest()


def digest(installation, name, cluster=CLUSTER):
    return hashlib.sha256(installation.tusker("run", cluster, "--", "hdfs", "dfs", "-cat", name).stdout).hexdigest()


def names(installation, cluster=CLUSTER):
    told = installation.tusker("run", cluster, "--", "hdfs", "dfs", "-ls", "-C").stdout.decode()
    return sorted(told.split())


def first_line(installation):
    return installation.tusker("cluster", "show", CLUSTER, check=False).stdout.decode().split("\n", 1)[0]


def wait_until_well(installation):
    wait_until(lambda: first_line(installation) == f"name      {CLUSTER}", 120, "a cluster that is well")


@pytest.fixture(scope="module")
def kept(installation, cluster_id):
    """What is in HDFS when the last copy is made: {name: digest}."""
    return {"early": put(installation, "early", 3_000_000), "late": put(installation, "late", 3_000_000)}


def test_a_copy_is_what_a_namenode_starts_from(installation, cluster_id, kept):
    assert copies(installation) == []
    told = installation.tusker("metadata", "save", CLUSTER).stderr.decode()
    assert f"Copy 1 of the metadata of {CLUSTER} is on the server" in told
    [copy] = copies(installation)
    [name] = files(installation, cluster_id)
    assert copy["Digest"] == name
    path = installation.data / "server/metadata" / cluster_id / name
    assert path.stat().st_mode & 0o777 == 0o600 and path.stat().st_size == copy["Bytes"]
    assert "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest() == name
    with tarfile.open(path) as tar:
        members = sorted(member.removeprefix("./") for member in tar.getnames())
    assert "VERSION" in members and any(member.startswith("edits_inprogress_") for member in members)


def test_the_newest_three_are_kept(installation, cluster_id):
    for _ in range(3):
        installation.tusker("metadata", "save", CLUSTER)
    kept = copies(installation)
    assert [copy["Number"] for copy in kept] == [2, 3, 4]
    assert set(files(installation, cluster_id)) >= {copy["Digest"] for copy in kept}
    installation.tusker("metadata", "save", CLUSTER)
    # What no row names any more goes before the next copy is made.
    assert len(files(installation, cluster_id)) <= 4


def test_copies_outlive_a_server_that_is_killed(installation, cluster_id):
    before = copies(installation)
    killed = installation.kill("server")
    wait_until(lambda: installation.pid_of("server") not in (0, killed), 30, "another server")
    wait_until(lambda: installation.tusker("metadata", "list", CLUSTER, check=False).returncode == 0, 30, "it answers")
    assert copies(installation) == before


def test_there_is_none_of_another_number(installation, cluster_id):
    refused = installation.tusker("metadata", "restore", CLUSTER, "--copy", "77", "--yes", check=False)
    assert refused.returncode == 1 and b"there is no copy 77" in refused.stderr
    unsure = installation.tusker("metadata", "restore", CLUSTER, check=False, stdin=None)
    assert unsure.returncode == 4 and b"--yes" in unsure.stderr


def test_a_damaged_copy_changes_nothing(installation, cluster_id, kept):
    newest = copies(installation)[-1]
    path = installation.data / "server/metadata" / cluster_id / newest["Digest"]
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1:])
    try:
        done = installation.tusker("metadata", "restore", CLUSTER, "--yes", "--wait", "--timeout", "120", check=False)
        assert done.returncode == 1 and b"is damaged" in done.stderr, done.stderr.decode()
    finally:
        path.write_bytes(content)
    wait_until(lambda: b"is OFF" in safe_mode(installation), 120, "a NameNode that takes files again")
    assert {name: digest(installation, name) for name in names(installation)} == kept


def safe_mode(installation):
    return installation.tusker("run", CLUSTER, "--", "hdfs", "dfsadmin", "-safemode", "get", check=False).stdout


WIPE = "rm -rf /data/1/* && sync"


def main_process(node_id):
    """The first process of a node's container, as this machine counts."""
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/comm", encoding="ascii") as comm, open(f"/proc/{entry}/cgroup", encoding="ascii") as cgroup:
                if comm.read() == "s6-svscan\n" and node_id in cgroup.read():
                    return int(entry)
        except OSError:
            continue
    return 0


def test_a_wiped_disk_is_told_and_deletes_no_block(installation, cluster_id, kept):
    installation.tusker("metadata", "save", CLUSTER)
    put(installation, "after-the-copy", 100_000)
    listed = json.loads(installation.tusker("node", "list", CLUSTER, "-o", "json").stdout)
    master = next(node["ResourceId"] for node in listed if node["Name"] == "master-1")
    installation.tusker("run", CLUSTER, "--user", "root", "--node", "master-1", "--", "sh", "-c", WIPE)
    pid = main_process(master)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: main_process(master) not in (0, pid), 60, "the node is made again")
    wait_until(lambda: "NameNode is not formatted" in first_line(installation), 60, "the loss is told")
    assert f"tusker metadata restore {CLUSTER} --wait" in first_line(installation)
    blocks = "find /data/1/hdfs/data -name 'blk_*' -not -name '*.meta' | wc -l"
    found = installation.tusker("run", CLUSTER, "--user", "root", "--node", "core-1", "--", "sh", "-c", blocks).stdout
    assert int(found) == 3


def test_the_last_copy_brings_everything_back_though_the_server_is_killed_meanwhile(installation, cluster_id, kept):
    told = installation.tusker("metadata", "restore", CLUSTER, "--yes").stderr.decode()
    assert "tusker flow show" in told
    killed = installation.kill("server")
    wait_until(lambda: installation.pid_of("server") not in (0, killed), 30, "another server")

    def flow():
        shown = installation.tusker("flow", "list", CLUSTER, "-o", "json", check=False)
        return json.loads(shown.stdout)[0] if shown.returncode == 0 else {}

    wait_until(lambda: flow().get("Outcome") in ("DONE", "FAILED"), 180, "the end of the restore")
    assert flow()["Kind"] == "RESTORE" and flow()["Outcome"] == "DONE", flow()
    wait_until_well(installation)
    assert {name: digest(installation, name) for name in names(installation)} == kept
    kept["new"] = put(installation, "new", 100_000)
    assert digest(installation, "new") == kept["new"]
    health = installation.tusker("run", CLUSTER, "--", "hdfs", "fsck", "/user/tusker").stdout.decode()
    assert "is HEALTHY" in health, health


def test_nothing_made_of_lost_metadata_is_taken_for_new(installation):
    """Neither blocks that only DataNodes have, nor what the SecondaryNameNode merged."""
    request = create_request("younger", 1, (1536, 1536), ("hdfs-3.5.0",))
    # Its SecondaryNameNode merges after four edits, and not after an hour.
    edits = {"dfs.namenode.checkpoint.check.period": "1", "dfs.namenode.checkpoint.txns": "4"}
    request.ExtendFsField = custom("HDFS", "hdfs-site.xml", edits)
    made = installation.client().CreateInstance(request).InstanceId
    installation.wait_running(made)

    def merged():
        held = installation.tusker("run", "younger", "--user", "root", "--node", "core-1", "--", "ls", "/data/1/hdfs/secondary").stdout
        return set(held.decode().split()) - {"in_use.lock"}

    kept = put(installation, "kept", 100_000, "younger")
    installation.tusker("metadata", "save", "younger")
    put(installation, "lost", 100_000, "younger")
    wait_until(lambda: merged() == {"current"}, 30, "the SecondaryNameNode has merged something")
    installation.tusker("metadata", "restore", "younger", "--yes", "--wait", timeout=300)

    # Its only DataNode has the block of `lost`, and would refuse one of the same number.
    new = put(installation, "new", 100_000, "younger")
    told = installation.tusker("run", "younger", "--", "hdfs", "fsck", "/user/tusker/new", "-files", "-blocks").stdout.decode()
    assert int(re.search(r":blk_(\d+)_", told)[1]) > 1 << 32, told
    wait_until(lambda: merged() == {"current", "replaced"}, 30, "it has merged anew")

    installation.tusker("cluster", "restart", "younger", "--service", "hdfs", "--yes", "--wait")
    assert {name: digest(installation, name, "younger") for name in names(installation, "younger")} == {"kept": kept, "new": new}
    installation.terminate(made)


def test_terminate_removes_the_copies(installation, cluster_id):
    installation.terminate(cluster_id)
    wait_until(lambda: not (installation.data / "server/metadata" / cluster_id).exists(), 10, "no copy is left")
