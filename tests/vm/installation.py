"""Tusker in the machine: installed from its package, run by systemd, asked by its own command."""

from __future__ import annotations

import json
import shlex

from machine import Done, Failed, Machine, wait_until

NAME = "wordcount"
DATA = "/var/lib/tusker"
EXAMPLES = "/opt/tusker/hadoop/share/hadoop-mapreduce-examples.jar"

# A step of a job itself, and what it has YARN start.
JOB_PROGRAMS = {"RunJar", "MRAppMaster", "YarnChild"}

# Longest times, of what takes seconds on hardware.
CREATE_SECONDS = 3000
RECOVERY_SECONDS = 1800
PROGRAM_SECONDS = 900


class Tusker:
    def __init__(self, machine: Machine):
        self.machine = machine

    def run(self, command: str, **options) -> Done:
        return self.machine.run(f"tusker {command}", **options)

    def json(self, command: str, **options):
        return json.loads(self.run(f"{command} -o json", **options).out or "null")

    def install(self) -> None:
        self.machine.run("dpkg -i /files/tusker.deb", timeout=900)

    def start(self) -> None:
        """As the package's page says."""
        self.machine.run("systemctl enable --now tusker", timeout=300)
        self.await_answer()

    def await_answer(self, seconds: float = RECOVERY_SECONDS) -> None:
        wait_until(self.connected, seconds, "the API answers, and the agent is connected")

    def connected(self) -> bool:
        done = self.run("host list -o json", check=False, timeout=60)
        if done.code != 0:
            return False
        hosts = json.loads(done.out)
        return len(hosts) == 1 and hosts[0]["Connected"]

    # -- the cluster

    def clusters(self) -> list:
        return self.json("cluster list") or []

    def ensure_cluster(self) -> None:
        if not self.clusters():
            self.run(f"cluster create {NAME} --core 2 --profile small --wait", timeout=CREATE_SECONDS)

    def nodes(self) -> dict[str, dict]:
        return {node["Name"]: node for node in self.json(f"node list {NAME}")}

    def not_well(self) -> list[str]:
        """What of the cluster is not as it should be: by Tusker's own account."""
        done = self.run(f"node list {NAME} -o json", check=False, timeout=60)
        if done.code != 0:
            return [done.told()]
        nodes = json.loads(done.out)
        wrong = [f"{node['Name']} is {node['State']}" for node in nodes if node["State"] != "running"]
        wrong += [f"{node['Name']}: host is not connected" for node in nodes if not node["HostConnected"]]
        for node in nodes:
            for role in node["Roles"]:
                if role["State"] != "ready" or role["NotReady"]:
                    wrong.append(f"{role['Name']} of {node['Name']} is {role['State']}: {role['NotReady']}")
        return wrong or [f"{NAME} is {one['Status']}" for one in self.clusters() if one["Status"] != 2]

    def await_well(self, seconds: float = RECOVERY_SECONDS) -> None:
        last: list[str] = []

        def well() -> bool:
            last[:] = self.not_well()
            return not last

        try:
            wait_until(well, seconds, "the cluster is well")
        except Failed as late:
            raise Failed(f"{late}: {last}") from None

    def identity(self) -> dict[str, tuple]:
        return {name: (node["ResourceId"], node["Address"]) for name, node in self.nodes().items()}

    def daemons(self) -> dict[str, dict[str, list]]:
        """{node: {program: [pid, start time, oom_score_adj]}}, from the kernel."""
        seen = json.loads(self.machine.out("/root/look"))
        return {name: seen.get(node["ResourceId"], {}) for name, node in self.nodes().items()}

    def roles(self) -> dict[str, dict[str, list]]:
        """Those of the daemons that stay: a job's programs end by and by."""
        return {
            name: {program: seen for program, seen in programs.items() if program not in JOB_PROGRAMS}
            for name, programs in self.daemons().items()
        }

    def cgroup(self, node: str) -> str:
        found = self.machine.out(f"find /sys/fs/cgroup/tusker -type d -name {self.nodes()[node]['ResourceId']}")
        if not found:
            raise Failed(f"{node} has no control group")
        return found

    # -- programs in it

    def program(self, command: str, *, node: str = "", timeout: float = PROGRAM_SECONDS, **options) -> Done:
        where = f" --node {node}" if node else ""
        return self.run(f"run {NAME}{where} -- {command}", timeout=timeout, **options)

    def put(self, path: str, content: str) -> None:
        self.program(f"hdfs dfs -put -f - {path}", given=content.encode())

    def cat(self, path: str) -> str:
        return self.program(f"hdfs dfs -cat {shlex.quote(path)}").out

    def count_words(self, source: str, target: str) -> str:
        self.run(
            f"job run {NAME} --jar local://{EXAMPLES} --main wordcount --wait -- {source} {target}", timeout=CREATE_SECONDS
        )
        return self.cat(f"{target}/part-r-*")

    def jobs(self) -> list:
        return self.json("job list") or []
