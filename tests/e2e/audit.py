"""What a machine has that an installation could have left behind.

A snapshot is taken before anything starts and again after everything is gone; the difference must be empty. Each kind is read
from where the kernel shows it, so nothing is trusted to report on itself.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

Snapshot = dict[str, set[str]]


def _lines(*argv: str) -> set[str]:
    if shutil.which(argv[0]) is None:
        return set()  # whoever has no iptables has no rule of it
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return {line.strip() for line in done.stdout.splitlines() if line.strip()}


def _processes() -> set[str]:
    """Programs that only we start; the test's own and its relatives are not among them."""
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            argv = (entry / "cmdline").read_bytes().split(b"\0")
            exe = os.readlink(entry / "exe")
        except OSError:
            continue
        name = os.path.basename(exe)
        if name in ("tusker", "java", "s6-svscan", "s6-supervise", "s6-log", "runc"):
            found.add(f"{entry.name} {name} {b' '.join(argv)[:120].decode(errors='replace')}")
    return found


def _mounts() -> set[str]:
    return {" ".join(line.split()[3:5]) for line in Path("/proc/self/mountinfo").read_text().splitlines()}


def _loops() -> set[str]:
    found = set()
    for backing in Path("/sys/block").glob("loop*/loop/backing_file"):
        try:
            found.add(f"{backing.parts[3]} {backing.read_text().strip()}")
        except OSError:
            continue  # detached meanwhile
    return found


def _cgroups() -> set[str]:
    root = Path("/sys/fs/cgroup")
    return {str(path) for path in root.glob("**/tusker*") if path.is_dir()} | {
        str(path) for top in root.glob("**/tusker") for path in top.glob("**/") if path.is_dir()
    }


def _firewall() -> set[str]:
    """Rules without counters and handles."""
    rules = set()
    for program in ("iptables-save", "ip6tables-save"):
        rules |= {f"{program}: {line.split('[')[0]}" for line in _lines(program) if not line.startswith("#")}
    rules |= {f"nft: {line}" for line in _lines("nft", "-s", "list", "ruleset")}
    return rules


def _files(roots: tuple[str, ...]) -> set[str]:
    found = set()
    for root in roots:
        base = Path(root)
        if base.exists():
            found |= {str(path) for path in base.iterdir()}
    return found


def _routes() -> set[str]:
    """Without what is no more than the state of a link: a bridge is down until the kernel has looked at it."""
    return {line.removesuffix(" linkdown") for line in _lines("ip", "route")}


def snapshot(data: Path | None = None) -> Snapshot:
    shot = {
        "processes": _processes(),
        "mounts": _mounts(),
        "loop devices": _loops(),
        "interfaces": {line.split(":")[1].strip().split("@")[0] for line in _lines("ip", "-o", "link")},
        "addresses": {" ".join(line.split()[1:4]) for line in _lines("ip", "-o", "addr")},
        "routes": _routes(),
        "namespaces": _files(("/run/netns",)),
        "cgroups": _cgroups(),
        "firewall": _firewall(),
        "files": _files(("/run", "/var/run", "/var/lib", "/etc", "/dev/shm")),
    }
    if data is not None:
        shot["data"] = {str(path) for path in data.glob("**/*")} if data.exists() else set()
    return shot


def difference(before: Snapshot, after: Snapshot) -> list[str]:
    """What `after` has and `before` had not, and the reverse for rules and routes that were there first."""
    lines = []
    for kind in before:
        lines += [f"left: {kind}: {item}" for item in sorted(after[kind] - before[kind])]
        if kind in ("firewall", "routes", "addresses", "interfaces"):
            lines += [f"lost: {kind}: {item}" for item in sorted(before[kind] - after[kind])]
    return lines


def main(argv: list[str]) -> int:
    """audit.py save FILE, and later audit.py compare FILE: prints what is left, exit code 1 if anything is."""
    if len(argv) != 3 or argv[1] not in ("save", "compare"):
        print("usage: audit.py save|compare FILE", file=sys.stderr)
        return 2
    if argv[1] == "save":
        Path(argv[2]).write_text(json.dumps({kind: sorted(found) for kind, found in snapshot().items()}))
        return 0
    before = {kind: set(found) for kind, found in json.loads(Path(argv[2]).read_text()).items()}
    left = difference(before, snapshot())
    for line in left:
        print(line)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
