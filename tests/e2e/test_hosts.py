"""What operators do to hosts: nodes that nobody knows are shown and removed, a host that is gone is forgotten."""

import json
import os
import shutil
import signal
import sqlite3

from harness import left_of, wait_until


def hosts(installation):
    return json.loads(installation.tusker("host", "list", "-o", "json").stdout)


def connected(installation):
    try:
        listed = hosts(installation)
    except AssertionError:  # the server is on its way
        return []
    return listed if listed and listed[0]["Connected"] else []


def copy_database(installation, to):
    """As a backup is made: a consistent copy while the server runs."""
    source = sqlite3.connect(f"file:{installation.data}/server/tusker.db?mode=ro", uri=True)
    target = sqlite3.connect(to)
    source.backup(target)
    target.close()
    source.close()


def restore_database(installation, backup):
    """Over the server's own, while neither it nor its supervisor runs; the agent and its nodes run on."""
    server = installation.data / "server"
    owner = (server / "tusker.db").stat()
    for name in ("tusker.db", "tusker.db-wal", "tusker.db-shm"):
        (server / name).unlink(missing_ok=True)
    shutil.copy2(backup, server / "tusker.db")
    os.chown(server / "tusker.db", owner.st_uid, owner.st_gid)
    os.chmod(server / "tusker.db", 0o600)


def test_what_an_older_backup_does_not_know_is_shown_and_removed_when_told_to(installation, tmp_path):
    kept = installation.create("kept-one", core=1)
    installation.wait_running(kept)
    known = [node.EmrResourceId for node in installation.nodes(kept)]
    copy_database(installation, tmp_path / "backup.db")
    lost = installation.create("lost-one", core=1)
    installation.wait_running(lost)
    unknown = sorted(node.EmrResourceId for node in installation.nodes(lost))
    installation.down()
    restore_database(installation, tmp_path / "backup.db")
    installation.up()

    wait_until(lambda: connected(installation), 30, "the host is connected")
    wait_until(lambda: len(hosts(installation)[0]["Orphans"]) == 2, 30, "the host reports two orphans")

    def looked_at():
        orphans = hosts(installation)[0]["Orphans"]
        return orphans if all(orphan["DiskBytes"] > 0 for orphan in orphans) else None

    orphans = wait_until(looked_at, 30, "the host has looked at them")
    assert sorted(orphan["ResourceId"] for orphan in orphans) == unknown
    assert {orphan["InstanceId"] for orphan in orphans} == {lost}
    assert {orphan["Name"] for orphan in orphans} == {"master-1", "core-1"}
    installation.wait_running(kept)

    refused = installation.tusker("host", "clean", check=False)
    assert refused.returncode == 4
    assert all(node.encode() in refused.stderr for node in unknown)
    assert sorted(orphan["ResourceId"] for orphan in hosts(installation)[0]["Orphans"]) == unknown

    # An agent that dies in the middle finds its order again.
    killed = installation.pid_of("agent")
    os.kill(killed, signal.SIGSTOP)
    cleaning = json.dumps({"HostId": hosts(installation)[0]["HostId"], "ResourceIds": unknown})
    installation.tusker("api", "CleanHost", cleaning)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: installation.pid_of("agent") not in (0, killed), 20, "the agent is back")
    wait_until(lambda: connected(installation), 30, "the host is connected again")
    done = installation.tusker("host", "clean", "--yes", timeout=120)
    wait_until(lambda: hosts(installation)[0]["Orphans"] == [], 60, "no orphan is left")
    assert b"removed" in done.stdout or b"Nothing to clean" in done.stderr
    assert left_of(unknown) == []
    assert not any((installation.data / "agent/nodes" / node).exists() for node in unknown)
    assert all((installation.data / "agent/nodes" / node).exists() for node in known)
    assert installation.cluster(kept).Status == 2
    installation.terminate(kept)


def test_a_host_that_is_connected_is_not_forgotten(installation):
    name = hosts(installation)[0]["HostName"]
    without = installation.tusker("host", "forget", name, check=False)
    assert (without.returncode, b"--data-is-gone" in without.stderr) == (1, True)
    refused = installation.tusker("host", "forget", name, "--data-is-gone", check=False)
    assert (refused.returncode, b"is connected" in refused.stderr) == (1, True)
    assert hosts(installation)[0]["Connected"]


def test_a_host_that_is_away_is_forgotten_and_its_certificate_with_it(installation):
    host = hosts(installation)[0]
    cluster_id = installation.create("forgotten", core=1)
    installation.wait_running(cluster_id)
    # Stopped, not killed: nobody starts another in its place. Its connection is given up after 30 s of silence.
    agent = installation.pid_of("agent")
    os.kill(agent, signal.SIGSTOP)
    try:
        installation.tusker("api", "TerminateInstance", json.dumps({"InstanceId": cluster_id}))
        wait_until(lambda: not hosts(installation)[0]["Connected"], 90, "the host is away")

        def forgotten():
            done = installation.tusker("host", "forget", host["HostName"], "--data-is-gone", check=False)
            return done if done.returncode == 0 else None

        done = wait_until(forgotten, 60, "the host was away for long enough")
        assert len(done.stdout.splitlines()) == 2
        wait_until(lambda: installation.cluster(cluster_id) is None, 10, "nothing blocks the terminate any more")
        assert hosts(installation) == []
    finally:
        os.kill(agent, signal.SIGCONT)
    log = installation.data / "agent/agent.log"
    wait_until(lambda: "not known here any more" in agent_words(installation, log), 60, "it is refused")
    assert hosts(installation) == []


def agent_words(installation, log):
    text = log.read_text() if log.exists() else ""
    return text + "".join(path.read_text() for path in (installation.data / "run").glob("*.err"))
