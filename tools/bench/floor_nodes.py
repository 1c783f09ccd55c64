"""Lays out the nodes of a desired state (floor_plan's, on standard input) as folders that runc can start, for floor.sh:

    floor_nodes.py WORK BLOBS CGROUP [count]    makes WORK/nodes/NAME, prints NAME ADDRESS of each

WORK/config.json is runc's default specification, WORK/mounts has the artifacts that are file systems. Of a node's roles only
those are there that ready.py asks for; with count the JobHistoryServer too, whom MapReduce's client asks how a job ended.
"""
import base64
import io
import json
import os
import resource
import shlex
import sys
import tarfile
from pathlib import Path

ROLES = ("NameNode", "DataNode", "ResourceManager", "NodeManager")
if len(sys.argv) > 4 and sys.argv[4] == "count":
    ROLES += ("JobHistoryServer",)
CAPABILITIES = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
                "CAP_NET_BIND_SERVICE"]
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Users:
    """The image's, by name."""

    def __init__(self, image):
        def rows(file):
            return [line.split(":") for line in (image / "etc" / file).read_text().splitlines()]

        self.passwd = {row[0]: row for row in rows("passwd")}
        self.group = rows("group")

    def ids(self, name):
        return int(self.passwd[name][2]), int(self.passwd[name][3])

    def home(self, name):
        return self.passwd[name][5]

    def groups(self, name):
        return [self.passwd[name][3]] + [row[2] for row in self.group if name in row[3].split(",")]


def write(path, content, mode=0o644):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)


def make_directory(path, directory, users, seeds):
    uid, gid = users.ids(directory["user"])
    path.mkdir()
    if directory["seed"]:
        with tarfile.open(fileobj=io.BytesIO(seeds[directory["seed"]])) as archive:
            archive.extractall(path)
    for entry in [path, *path.rglob("*")]:
        os.chown(entry, uid, gid)
    path.chmod(directory["mode"])


def run_script(node, role, users):
    uid, gid = users.ids(role["user"])
    environment = {"HOME": users.home(role["user"]), "USER": role["user"], "LOGNAME": role["user"]}
    environment |= node["environment"] | role["environment"]
    lines = ["#!/bin/sh", f"exec >>/var/log/tusker/{role['name']}.log 2>&1 </dev/null"]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
    lines += [f"cd {shlex.quote(role['directory'])} || exit 111"]
    lines += [f"exec s6-applyuidgid -u {uid} -g {gid} -G {','.join(users.groups(role['user']))} {shlex.join(role['argv'])}"]
    return "\n".join(lines) + "\n"


def bind(source, destination, *options):
    return {"destination": destination, "type": "bind", "source": str(source), "options": ["rbind", *options]}


def container(spec, node, folder, artifact, cgroup):
    limits = node["limits"]
    nofile = min(int(limits["nofile"]), resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    spec["hostname"] = node["hostname"]
    spec["root"] = {"path": str(folder / "root"), "readonly": False}
    spec["process"] |= {
        "terminal": False,
        "args": ["s6-svscan", "/run/tusker/service"],
        "env": [PATH],
        "rlimits": [{"type": "RLIMIT_NOFILE", "hard": nofile, "soft": nofile}],
        "capabilities": {kind: CAPABILITIES for kind in ("bounding", "effective", "permitted")},
    }
    spec["mounts"] = [mount for mount in spec["mounts"] if mount["type"] != "cgroup"] + [
        {"destination": "/run", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev", "mode=755"]},
        {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev", "mode=1777"]},
        bind(folder / "etc", "/etc/tusker", "ro"),
        bind(folder / "service", "/run/tusker/service"),
        bind(folder / "log", "/var/log/tusker"),
        *[bind(folder / "data" / disk["name"], f"/data/{disk['name']}") for disk in node["disks"]],
        *[bind(artifact(mount["digest"]), mount["path"], "ro") for mount in node["mounts"]],
    ]
    for namespace in spec["linux"]["namespaces"]:
        if namespace["type"] == "network":
            namespace["path"] = f"/run/netns/{folder.name}"
    spec["linux"]["cgroupsPath"] = f"{cgroup}/{folder.name}"
    spec["linux"]["resources"] |= {
        "memory": {"limit": int(limits["memory_bytes"])},
        "cpu": {"shares": limits["cpu_shares"]},
        "pids": {"limit": limits["pids"]},
    }
    return spec


def main(work, blobs, cgroup):
    def artifact(digest):
        mounted = work / "mounts" / digest
        return mounted if mounted.exists() else blobs / digest

    for node in json.load(sys.stdin)["nodes"]:
        folder = work / "nodes" / node["hostname"].split(".")[0]
        users = Users(artifact(node["image"]))
        files = {file["path"]: base64.b64decode(file["content"]) for file in node["files"]}
        for name in ("root", "upper", "work", "service", "log"):
            (folder / name).mkdir(parents=True)
        for file in node["files"]:
            write(folder / "etc/current" / file["path"], files[file["path"]], file["mode"])
        for disk in node["disks"]:
            (folder / "data" / disk["name"]).mkdir(parents=True)
            for directory in disk["directories"]:
                make_directory(folder / "data" / disk["name"] / directory["path"], directory, users, files)
        for role in node["roles"]:
            if role["name"] in ROLES:
                write(folder / "service" / role["name"] / "run", run_script(node, role, users).encode(), 0o755)
        spec = container(json.loads((work / "config.json").read_text()), node, folder, artifact, cgroup)
        (folder / "config.json").write_text(json.dumps(spec))
        (folder / "image").symlink_to(artifact(node["image"]))
        print(folder.name, node["address"])


main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
