"""`tusker component test`: a cluster of its own shows a component at work, and is gone afterwards."""

import json
import signal
import subprocess

from harness import wait_until


def clusters(installation):
    """Those that are there; one whose creation was taken back keeps its row."""
    listed = json.loads(installation.tusker("cluster", "list", "-o", "json").stdout)
    return [cluster["ClusterName"] for cluster in listed if cluster["Status"] != 301]


def test_hdfs_works_and_nothing_of_the_test_is_left(installation):
    done = installation.tusker("component", "test", "hdfs")
    lines = done.stdout.decode().splitlines()
    assert [line.split("(")[0].strip() for line in lines] == ["ok      write a file", "ok      read it back", "ok      remove it"]
    assert b"hdfs works." in done.stderr
    assert clusters(installation) == []


def test_an_unknown_component_makes_no_cluster(installation):
    refused = installation.tusker("component", "test", "hfds", check=False)
    assert (refused.returncode, b"did you mean 'hdfs'?" in refused.stderr) == (1, True)
    assert clusters(installation) == []


def has_room(installation):
    planned = installation.tusker("cluster", "create", "room-for-it", "--core", "2", "--components", "hdfs", "--profile", "small", "--dry-run", check=False)
    return planned.returncode == 0


def test_ctrl_c_takes_the_cluster_along(installation):
    # A file system gives back some seconds later what the disks of the cluster before took.
    wait_until(lambda: has_room(installation), 60, "room for another cluster")
    running = installation.start("component", "test", "hdfs", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    wait_until(lambda: clusters(installation) != [], 30, "the cluster is being made")
    running.send_signal(signal.SIGINT)
    assert running.wait(120) == 130
    wait_until(lambda: clusters(installation) == [], 30, "it is taken back")
