"""What one does with a running cluster: see its nodes, events and logs, be in a node."""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import termios

import pytest

from harness import TUSKER, wait_until


@pytest.fixture(scope="module")
def cluster_id(installation):
    made = installation.create("nodes-e2e", core=1)
    installation.wait_running(made)
    yield made
    installation.tusker("cluster", "terminate", "nodes-e2e", "--yes", "--wait")


def test_nodes_are_listed_with_their_roles_and_what_they_use(installation, cluster_id):
    nodes = json.loads(installation.tusker("node", "list", "nodes-e2e", "-o", "json").stdout)
    assert [node["Name"] for node in nodes] == ["master-1", "core-1"]
    for node in nodes:
        assert node["State"] == "running" and node["HostConnected"]
        assert node["Roles"] and all(role["State"] == "ready" for role in node["Roles"]), node
        assert 0 < node["MemoryUsedBytes"] <= node["MemoryBytes"]
    table = installation.tusker("node", "list").stdout.decode()
    assert "NameNode" in table and "core-1" in table and "not well" not in table


def test_a_cluster_that_is_not_there_is_answered_with_the_nearest_name(installation, cluster_id):
    done = installation.tusker("node", "list", "nodes-e2", check=False)
    assert done.returncode == 1
    assert b"did you mean 'nodes-e2e'?" in done.stderr


class Terminal:
    """`tusker ARGUMENTS` on a terminal of its own."""

    def __init__(self, installation, *argv):
        self.shown = b""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ["TUSKER_DATA"] = str(installation.data)
            os.execv(str(TUSKER), ["tusker", *argv])

    def resize(self, rows, columns):
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text):
        os.write(self.terminal, text)

    def read(self):
        if select.select([self.terminal], [], [], 0.1)[0]:
            try:
                self.shown += os.read(self.terminal, 65536)
            except OSError:  # the other end is closed
                return False
        return True

    def wait_for(self, text, seconds=30):
        wait_until(lambda: (self.read(), text in self.shown)[1], seconds, f"{text!r} in what is shown: {self.shown!r}")

    def end(self, seconds=30):
        wait_until(lambda: not self.read(), seconds, f"the end; shown: {self.shown!r}")
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def test_a_shell_is_a_terminal_as_an_ordinary_user_and_ends_with_its_code(installation, cluster_id):
    shell = Terminal(installation, "shell", "nodes-e2e")
    shell.type(b"id -un; hostname; stty size\n")
    shell.wait_for(b"24 80")
    assert b"tusker\r\n" in shell.shown and b"master-1" in shell.shown
    shell.resize(50, 132)
    shell.type(b"stty size\n")
    shell.wait_for(b"50 132")
    shell.type(b"hdfs dfs -ls / && echo listed-$((40 + 2))\n")
    shell.wait_for(b"listed-42")
    shell.type(b"exit 7\n")
    assert shell.end() == 7


def test_ctrl_c_in_a_shell_ends_what_runs_in_it_and_not_the_shell(installation, cluster_id):
    shell = Terminal(installation, "shell", "nodes-e2e", "core-1", "-u", "root")
    shell.type(b"echo begun-$((40 + 2)); sleep 86397\n")
    shell.wait_for(b"begun-42")
    shell.type(b"\x03")
    shell.type(b"id -un; echo still-$((40 + 2))\n")
    shell.wait_for(b"still-42")
    assert b"root\r\n" in shell.shown
    shell.type(b"exit\n")
    shell.end()


def test_a_shell_takes_commands_from_a_file(installation, cluster_id):
    done = installation.tusker("shell", "nodes-e2e", "core-1", input=b"hostname\nexit 5\n", check=False)
    assert done.returncode == 5
    assert b"core-1" in done.stdout


def test_a_node_that_is_not_there_is_answered_with_those_that_are(installation, cluster_id):
    done = installation.tusker("shell", "nodes-e2e", "core-7", check=False)
    assert done.returncode == 125
    assert b"it has master-1, core-1" in done.stderr


def test_events_tell_what_happened_and_who_asked(installation, cluster_id):
    events = json.loads(installation.tusker("events", "nodes-e2e", "-o", "json").stdout)
    kinds = [event["Kind"] for event in events]
    assert "api.CreateInstance" in kinds and "cluster.created" in kinds
    asked = next(event for event in events if event["Kind"] == "api.CreateInstance")
    assert asked["Actor"] == installation.key["SecretId"] and asked["Address"] == "127.0.0.1"
    assert [event["EventId"] for event in events] == sorted(event["EventId"] for event in events)
    assert installation.key["SecretKey"] not in json.dumps(events)
    assert b"CreateInstance" in installation.tusker("events", "--since", "1h").stdout
    assert installation.tusker("events", "--since", "0s").stdout == b""


def following(installation, *argv):
    return installation.start(*argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_events_are_followed_until_ctrl_c(installation, cluster_id):
    follower = following(installation, "events", "nodes-e2e", "-f", "-n", "1")
    assert follower.stdout.readline()
    for old, new in (("nodes-e2e", "nodes-e2e-b"), ("nodes-e2e-b", "nodes-e2e")):
        installation.tusker("cluster", "rename", old, new)
        while f"is called {new} now".encode() not in follower.stdout.readline():
            assert follower.poll() is None
    follower.send_signal(signal.SIGINT)
    assert follower.wait(timeout=10) == 130


def test_logs_are_listed_and_printed(installation, cluster_id):
    listed = json.loads(installation.tusker("logs", "nodes-e2e", "-o", "json").stdout)
    assert {entry["Name"]: "DataNode" in entry["Roles"] for entry in listed} == {"master-1": False, "core-1": True}
    lines = installation.tusker("logs", "nodes-e2e", "master-1", "NameNode", "-n", "20").stdout.decode()
    assert 0 < lines.count("\n") <= 20
    everything = installation.tusker("logs", "nodes-e2e", "master-1", "NameNode", "-n", "1000000").stdout.decode()
    assert lines.splitlines()[0] in everything and "NameNode" in everything
    wrong = installation.tusker("logs", "nodes-e2e", "core-1", "Datanode", check=False)
    assert wrong.returncode == 1 and b'did you mean "DataNode"?' in wrong.stderr
    for role in ("../../../desired.pb", "..", "DataNode/current"):
        refused = installation.tusker("logs", "nodes-e2e", "core-1", role, check=False)
        assert refused.returncode == 1 and b"has no logs of" in refused.stderr, role


def test_a_log_is_followed_over_rotations(installation, cluster_id):
    follower = following(installation, "logs", "nodes-e2e", "core-1", "DataNode", "-f", "-n", "1")
    assert follower.stdout.readline()
    # s6-log reads what any process of the node writes to the role's pipe; its owner is root in there.
    script = """
folder=/var/log/tusker/DataNode
for i in $(seq 1 5); do
  echo "marker $i of five" >> $folder/current
  mv $folder/current $folder/@40000000ffffffff0000000$i.s
  : > $folder/current
done
echo "marker last" >> $folder/current
"""
    written = installation.tusker("shell", "nodes-e2e", "core-1", "-u", "root", input=script.encode())
    assert written.returncode == 0
    seen = b""
    while b"marker last" not in seen:
        line = follower.stdout.readline()
        assert line, follower.stderr.read()
        seen += line
    assert [line for line in seen.decode().splitlines() if line.startswith("marker")] == [
        *(f"marker {i} of five" for i in range(1, 6)), "marker last"]
    follower.send_signal(signal.SIGINT)
    assert follower.wait(timeout=10) == 130


def test_no_link_that_a_node_makes_leads_to_a_file_of_the_host(installation, cluster_id):
    secret = "/etc/shadow"
    script = f"d=/var/log/tusker/NodeManager; mv $d/current $d/kept; ln -s {secret} $d/current; ls -l $d/current"
    assert secret in installation.tusker("shell", "nodes-e2e", "core-1", "-u", "root", input=script.encode()).stdout.decode()
    shown = installation.tusker("logs", "nodes-e2e", "core-1", "NodeManager", "-n", "100").stdout
    assert b"root:" not in shown
    installation.tusker("shell", "nodes-e2e", "core-1", "-u", "root", input=b"cd /var/log/tusker/NodeManager && mv kept current")


def test_logs_of_a_cluster_that_is_gone_are_kept(installation):
    made = installation.create("short-lived", core=1)
    installation.wait_running(made)
    installation.tusker("cluster", "terminate", "short-lived", "--yes", "--wait")
    wait_until(
        lambda: [entry["Removed"] for entry in json.loads(installation.tusker("logs", made, "-o", "json").stdout)] == [True, True],
        20, "the host tells what it keeps")
    lines = installation.tusker("logs", made, "core-1", "DataNode", "-n", "1000000").stdout
    assert b"DataNode" in lines
    assert b"nothing of core-1" in installation.tusker("events", made).stdout


def test_hosts_and_flows_are_listed(installation, cluster_id):
    hosts = json.loads(installation.tusker("host", "list", "-o", "json").stdout)
    assert len(hosts) == 1 and hosts[0]["Connected"] and hosts[0]["Version"] and hosts[0]["MemoryAvailableBytes"] > 0
    assert b"connected" in installation.tusker("host", "list").stdout
    flows = json.loads(installation.tusker("flow", "list", "nodes-e2e", "-o", "json").stdout)
    assert [flow["Kind"] for flow in flows] == ["CREATE"]
    assert b"CREATE" in installation.tusker("flow", "list").stdout


def test_names_are_completed(installation, cluster_id):
    def complete(*words):
        return installation.tusker("__complete", "--", *words).stdout.decode().split()

    assert complete("shell", "nodes") == ["nodes-e2e"]
    assert complete("shell", "nodes-e2e", "") == ["core-1", "master-1"]
    assert complete("run", "nodes-e2e", "--node", "c") == ["core-1"]
    assert "DataNode" in complete("logs", "nodes-e2e", "core-1", "")
