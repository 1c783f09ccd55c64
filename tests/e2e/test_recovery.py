"""kill -9 of the server or of the agent, at moments of a create that a seed chose: the create finishes and nothing changes."""

import os
import random
import time
from pathlib import Path

import pytest

from harness import wait_until

SEED = int(os.environ.get("TUSKER_SEED", "20261125"))


def identity(installation, cluster_id):
    """What must not change: ids, addresses, and the processes of the nodes with the moment they started."""
    found = {}
    for node in installation.nodes(cluster_id):
        pid = first_process(installation, node.EmrResourceId)
        started = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19] if pid else None
        found[node.NameTag] = (node.EmrResourceId, node.Ip, pid, started)
    return found


def first_process(installation, node_id):
    """The process 1 of a node's container, as the host sees it."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if node_id in (entry / "cgroup").read_text() and b"s6-svscan" in (entry / "cmdline").read_bytes():
                    return int(entry.name)
            except OSError:
                continue
    return None


def unchanged(before, after):
    for name, (node_id, address, pid, started) in before.items():
        assert after[name][:2] == (node_id, address)
        if pid is not None:  # a container that was up before the kill is the same one after it
            assert after[name][2:] == (pid, started), f"{name} was restarted"


@pytest.mark.parametrize("part", ["server", "agent"])
def test_a_create_survives_ten_kills_at_seeded_points(installation, part):
    chance = random.Random(f"{SEED} {part}")
    print(f"seed {SEED}")
    for round_number in range(10):
        cluster_id = installation.create(f"killed-{part}-{round_number}", core=1)
        time.sleep(chance.uniform(0.0, 4.0))  # the point of the kill, not a wait for something
        wait_until(lambda: installation.pid_of(part), 10, f"{part} runs")
        before = identity(installation, cluster_id)
        killed = installation.kill(part)
        wait_until(lambda: installation.pid_of(part) not in (0, killed), 20, f"{part} is back")
        wait_until(lambda: api_answers(installation), 20, "the API answers")
        installation.wait_running(cluster_id)
        unchanged(before, identity(installation, cluster_id))
        installation.terminate(cluster_id)


def api_answers(installation):
    try:
        installation.cluster("emr-00000000")
        return True
    except Exception as refused:  # noqa: BLE001 - a refused connection and a documented error both are answers to tell apart
        return "ResourceNotFound" in str(refused)


@pytest.mark.parametrize("part", ["server", "agent"])
def test_a_restart_disturbs_no_running_node(installation, part):
    cluster_id = installation.create(f"undisturbed-{part}", core=1)
    installation.wait_running(cluster_id)
    before = identity(installation, cluster_id)
    roles = role_pids(before)
    killed = installation.kill(part)
    wait_until(lambda: installation.pid_of(part) not in (0, killed), 20, f"{part} is back")
    wait_until(lambda: api_answers(installation), 20, "the API answers")
    wait_until(lambda: installation.cluster(cluster_id).Status == 2, 20, "running")
    assert identity(installation, cluster_id) == before
    assert role_pids(before) == roles
    installation.terminate(cluster_id)


def role_pids(nodes):
    """Every Java process of these nodes."""
    ids = [node_id for node_id, *_ in nodes.values()]
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if b"java" in (entry / "cmdline").read_bytes()[:200] and any(i in (entry / "cgroup").read_text() for i in ids):
                    found.add(int(entry.name))
            except OSError:
                continue
    return found
