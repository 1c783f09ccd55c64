"""What a whole machine has to show. Each scenario finds an installation with a cluster, and leaves one."""

from __future__ import annotations

import re
import time
from typing import Callable

from installation import CREATE_SECONDS, DATA, EXAMPLES, JOB_PROGRAMS, NAME, RECOVERY_SECONDS, Tusker
from machine import Failed, wait_until

TEXT = "to be or not to be\n"
COUNTED = "be\t2\nnot\t1\nor\t1\nto\t2\n"

# Takes memory until somebody stops it.
HOG = """python3 -c '
taken = []
while True: taken.append(b"x" * (1 << 24))'"""


def want(holds: object, otherwise: str) -> None:
    if not holds:
        raise Failed(otherwise)


def equal(what: str, now: object, before: object) -> None:
    want(now == before, f"{what}: expected {before!r}, found {now!r}")


def say(text: str) -> None:
    print(f"      {text}", flush=True)


# -- before and after


def save_audit(tusker: Tusker, name: str) -> None:
    tusker.machine.run(f"python3 /root/audit.py save /root/{name}.json")


def nothing_left(tusker: Tusker, name: str) -> None:
    """Compared with the moment of save_audit(name): no process, mount, interface, control group, address, route, rule, file."""
    done = tusker.machine.run(f"python3 /root/audit.py compare /root/{name}.json", check=False)
    want(done.code == 0, done.told())


# -- scenarios


def install(tusker: Tusker) -> None:
    """The package installs on a machine with systemd and control groups of version 2, and finds nothing missing there"""
    machine = tusker.machine
    equal("file system of /sys/fs/cgroup", machine.out("stat -fc %T /sys/fs/cgroup"), "cgroup2fs")
    say(f"kernel {machine.out('uname -r')}, systemd {machine.out('systemctl --version').split()[1]}, {machine.out('nproc')} processors")
    tusker.install()
    said = tusker.run("doctor").out
    want("cgroups: version 2, with memory, cpu, pids" in said, said)
    want(all(line.startswith("ok ") for line in said.splitlines()[:-1]), said)
    tusker.start()
    equal("unit", machine.out("systemctl is-active tusker"), "active")


def cluster(tusker: Tusker) -> None:
    """A cluster is created, keeps files and counts words"""
    begun = time.monotonic()
    tusker.ensure_cluster()
    say(f"created in {time.monotonic() - begun:.0f} s")
    tusker.await_well()
    begun = time.monotonic()
    tusker.put("words.txt", TEXT)
    equal("file", tusker.cat("words.txt"), TEXT)
    say(f"put and read in {time.monotonic() - begun:.0f} s")
    begun = time.monotonic()
    equal("words", tusker.count_words("words.txt", "counted"), COUNTED)
    say(f"words counted in {time.monotonic() - begun:.0f} s")


def memory(tusker: Tusker) -> None:
    """A node's memory is limited by the kernel, and what it ends then is the task, never a daemon"""
    for name, node in tusker.nodes().items():
        limit = tusker.machine.out(f"cat {tusker.cgroup(name)}/memory.max")
        equal(f"memory.max of {name}", limit, str(node["MemoryBytes"]))
    say(f"memory.max {limit} bytes, as the node's size says")
    before = tusker.roles()
    for node, programs in before.items():
        scores = {program: score for program, (_, _, score) in programs.items()}
        want(scores and max(scores.values()) < 500, f"oom_score_adj of {node}: {scores}; programs of users have 500")
    score = tusker.program("cat /proc/self/oom_score_adj", node="core-1").out.strip()
    equal("oom_score_adj of a program", score, "500")
    events = f"{tusker.cgroup('core-1')}/memory.events"
    ended = lambda: int(re.search(r"^oom_kill (\d+)", tusker.machine.out(f"cat {events}"), re.M)[1])  # noqa: E731
    kills = ended()
    done = tusker.program(HOG, node="core-1", check=False)
    equal("exit code of a program that takes all memory", done.code, 137)
    equal("processes that the kernel has ended", ended() - kills, 1)
    equal("daemons", tusker.roles(), before)
    tusker.await_well()
    say(f"a program in core-1 ended with {done.code}; {', '.join(sorted(before['core-1']))} run on")
    job = tusker.machine.begin(f"tusker job run {NAME} --jar local://{EXAMPLES} --main pi --wait -- 1 1", CREATE_SECONDS)
    found: dict[str, int] = {}

    def seen() -> bool:
        for programs in tusker.daemons().values():
            found.update({program: score for program, (_, _, score) in programs.items() if program in JOB_PROGRAMS})
        return set(found) == JOB_PROGRAMS

    wait_until(seen, CREATE_SECONDS, "a job's step and its containers run")
    equal("oom_score_adj of a job's programs", found, dict.fromkeys(JOB_PROGRAMS, 500))
    done = job()
    want(done.code == 0, f"the job failed: {done.told()}")


def killed(tusker: Tusker) -> None:
    """Agent, server and both killed with -9, and the unit restarted: they are back, and no node has noticed"""
    before = tusker.roles()
    for node, programs in before.items():
        want(len(programs) > 2, f"daemons of {node}: {programs}")
    for what in ("agent", "server"):
        pid = tusker.machine.out(f"cat {DATA}/run/{what}.pid")
        tusker.machine.run(f"kill -9 {pid}")
        begun = time.monotonic()
        wait_until(lambda: tusker.machine.out(f"cat {DATA}/run/{what}.pid") not in ("", "0", pid), 60, f"another {what} runs")
        tusker.await_well()
        say(f"{what} killed; all is well again after {time.monotonic() - begun:.0f} s")
    for how in ("systemctl kill --signal=KILL tusker", "systemctl restart tusker"):
        pid = tusker.machine.out("systemctl show --value -p MainPID tusker")
        tusker.machine.run(how)
        begun = time.monotonic()
        wait_until(lambda: tusker.machine.out("systemctl show --value -p MainPID tusker") not in ("0", pid), 60, f"{how}: it runs")
        tusker.await_well()
        say(f"{how}; all is well again after {time.monotonic() - begun:.0f} s")
    equal("daemons", tusker.roles(), before)


def lasting(tusker: Tusker) -> dict:
    """What a reboot must not change."""
    return {
        "nodes": tusker.identity(),
        "clusters": [(one["ClusterId"], one["ClusterName"], one["AddTime"]) for one in tusker.clusters()],
        "jobs": tusker.jobs(),
        "keys": sorted(key["Name"] for key in tusker.json("key list")),
    }


def reboot(tusker: Tusker) -> None:
    """After an orderly reboot the cluster runs again by itself: same nodes, addresses, data, jobs"""
    name = f"reboot-{time.time_ns()}"
    tusker.put(name, TEXT)
    before = lasting(tusker)
    seconds = tusker.machine.reboot()
    begun = time.monotonic()
    tusker.await_answer()
    tusker.await_well()
    say(f"rebooted in {seconds:.0f} s; {time.monotonic() - begun:.0f} s later all is well")
    equal("after the reboot", lasting(tusker), before)
    equal("file", tusker.cat(name), TEXT)


def power_cut(tusker: Tusker) -> None:
    """A power cut while files are written loses none that was closed, and nothing that the server had answered"""
    machine = tusker.machine
    folder = f"cut-{time.time_ns()}"
    # Each file says in its name what is in it.
    files = "mkdir /tmp/w && for i in $(seq 200); do yes line-$i | head -c 300000 > /tmp/w/line-$i; done"
    tusker.program(f"sh -ec '{files}'", node="core-1")
    machine.begin(f"tusker run {NAME} --node core-1 -- hdfs dfs -put /tmp/w {folder}")
    listing = f"hdfs dfs -ls -C {folder}"  # with its paths alone

    def closed() -> set[str]:
        return {path for path in tusker.program(listing, check=False).out.split() if not path.endswith("._COPYING_")}

    wait_until(closed, 300, "a file is closed")
    key = f"cut-{time.time_ns()}"
    tusker.run(f"key create {key} -o json")
    before = lasting(tusker)
    safe = closed()
    machine.power_cut()
    machine.power_on()
    begun = time.monotonic()
    tusker.await_answer()
    tusker.await_well()
    say(f"{time.monotonic() - begun:.0f} s after the machine was up all is well; {len(safe)} files had been closed")
    equal("after the power cut", lasting(tusker), before)
    want(key in before["keys"], f"key {key} is not listed")
    read = f"mkdir /tmp/r && hdfs dfs -get {' '.join(sorted(safe))} /tmp/r && cd /tmp/r && for f in *; do yes $f | head -c 300000 | cmp - $f; done"
    tusker.program(f"sh -ec '{read}'", node="core-1")
    database = f"import sqlite3; print(*sqlite3.connect('file:{DATA}/server/tusker.db?mode=ro', uri=True).execute('pragma integrity_check'))"
    equal("database", machine.out(f'python3 -c "{database}"'), "('ok',)")


def clock(tusker: Tusker) -> None:
    """The clock steps forward by an hour and back: nothing is taken for dead, and no operation is lost"""
    machine = tusker.machine
    before = (tusker.roles(), tusker.identity())
    for step, way in (("+1 hour", "forward"), ("-1 hour", "back")):
        # One operation is under way meanwhile, and the agent has to find back to the server afterwards.
        restarting = machine.begin(f"tusker cluster restart {NAME} --service yarn --process NodeManager --node core-2 --yes --wait", RECOVERY_SECONDS)
        wait_until(lambda: tusker.json(f"flow list {NAME}")[0]["Outcome"] == "UNFINISHED", 60, "the restart has begun")
        machine.run(f"date --set '{step}'")
        want(tusker.connected(), f"the agent is not connected at once after {step}")
        done = restarting()
        want(done.code == 0, f"restart during {step}: {done.told()}")
        told = f"the clock of host {machine.out('hostname')} was set {way} by 3"
        first = lambda: tusker.run(f"cluster show {NAME}").out.splitlines()[0]  # noqa: E731
        wait_until(lambda: told in first(), 10, f"told of first: {told}")  # noqa: B023
        say(first())
        machine.run(f"kill -9 $(cat {DATA}/run/agent.pid)")
        begun = time.monotonic()
        tusker.await_well()
        say(f"date --set '{step}': an operation under way was carried out; agent killed, well after {time.monotonic() - begun:.0f} s")
        name = f"clock-{time.time_ns()}"
        tusker.put(name, TEXT)
        equal("file", tusker.cat(name), TEXT)
    daemons, identity = tusker.roles(), tusker.identity()
    equal("nodes", identity, before[1])
    for programs in (daemons, before[0]):
        programs["core-2"].pop("NodeManager")
    equal("daemons", daemons, before[0])
    # A job's tokens are of one time: it works in the present one.
    equal("words", tusker.count_words("words.txt", f"counted-{time.time_ns()}"), COUNTED)


def terminate(tusker: Tusker) -> None:
    """A terminated cluster leaves nothing of its nodes"""
    ids = [node["ResourceId"] for node in tusker.nodes().values()]
    addresses = [node["Address"] for node in tusker.nodes().values()]
    tusker.run(f"cluster terminate {NAME} --yes --wait", timeout=RECOVERY_SECONDS)
    shown = tusker.machine.out(
        "ip -o link; ip -o addr; ip route; ip neigh; cat /proc/self/mountinfo; find /sys/fs/cgroup/tusker; nft list ruleset;"
        f" ps -e -o args; cat /sys/block/loop*/loop/backing_file; ls {DATA}/agent/nodes /run/tusker/*/nodes /run/tusker/*/runc",
        check=False,
    )
    for word in ids + addresses:
        want(not re.search(rf"{re.escape(word)}\b", shown), f"{word} is still there:\n" + "\n".join(re.findall(rf".*{re.escape(word)}.*", shown)))
    want("java" not in shown and "s6-" not in shown, shown)
    say(f"nothing of {', '.join(ids)}")


def purge(tusker: Tusker) -> None:
    """`tusker down --purge`, and dpkg --purge: the machine is as before"""
    machine = tusker.machine
    machine.run("systemctl disable --now tusker", timeout=120)
    machine.run("tusker down --purge", timeout=300)
    machine.run("dpkg --purge tusker", timeout=120)
    nothing_left(tusker, "before")
    left = machine.out("find / -xdev -name '*tusker*' -not -path '/var/log/*' -not -path '/root/*'")
    equal("files named after it", left, "")


def neighbours(tusker: Tusker) -> None:
    """Beside Docker and ufw, which drop what is forwarded, nodes talk to each other; their rules stay theirs"""
    machine = tusker.machine
    machine.run("dpkg -i /root/neighbours/*.deb", timeout=900)
    machine.run("ufw default deny routed && ufw --force enable", timeout=120)
    machine.run("systemctl restart docker", timeout=300)
    machine.run("ufw reload", timeout=120)  # not every rule is the same after the first time
    want("-P FORWARD DROP" in machine.out("iptables -S"), "Docker and ufw drop what is forwarded")
    say(f"Docker {machine.out('docker version -f {{.Server.Version}}')}, {machine.out('ufw version').splitlines()[0]}, iptables {machine.out('iptables -V')}")
    save_audit(tusker, "neighbours")
    tusker.install()
    tusker.start()
    tusker.ensure_cluster()
    tusker.await_well()
    talk(tusker)
    # Both make their rules anew, and nobody tells Tusker.
    for how in ("systemctl restart docker", "ufw reload", "ufw disable && ufw --force enable"):
        machine.run(how, timeout=300)
        begun = time.monotonic()
        wait_until(lambda: talks(tusker), 120, f"nodes talk to each other after: {how}")
        say(f"{how}: nodes talk after {time.monotonic() - begun:.0f} s")
    talk(tusker)
    tusker.await_well()
    machine.run("systemctl disable --now tusker && tusker down --purge && dpkg --purge tusker", timeout=300)
    nothing_left(tusker, "neighbours")


def talks(tusker: Tusker) -> bool:
    """Whether core-1 reaches the DataNode of core-2."""
    address = tusker.nodes()["core-2"]["Address"]
    connect = f"import socket; socket.create_connection((\"{address}\", 4001), 5)"
    return tusker.program(f"python3 -c '{connect}'", node="core-1", check=False).code == 0


def talk(tusker: Tusker) -> None:
    want(talks(tusker), "core-1 does not reach core-2")
    # Two copies: one DataNode hands it on to the other.
    name = f"talk-{time.time_ns()}"
    tusker.put(name, TEXT)
    equal("copies", tusker.program(f"hdfs dfs -stat %r {name}").out.strip(), "2")
    equal("file", tusker.cat(name), TEXT)


# In this order, since a machine is made once.
ALL: dict[str, Callable[[Tusker], None]] = {
    "install": install,
    "cluster": cluster,
    "memory": memory,
    "killed": killed,
    "reboot": reboot,
    "power-cut": power_cut,
    "clock": clock,
    "terminate": terminate,
    "purge": purge,
    "neighbours": neighbours,
}
