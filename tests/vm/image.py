"""Root file systems of whole machines, as Debian makes them: its own kernel, systemd, nothing that Tusker would need."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
WORK = SOURCE / "build/vm"

# What every installed Debian has, and Python for the program that takes commands and for the audit. No runc, no Java.
PACKAGES = (
    "linux-image-amd64,initramfs-tools,systemd-sysv,dbus,udev,kmod,iproute2,nftables,procps,e2fsprogs,fdisk,"
    "ca-certificates,less,python3,zstd"
)
# Installed beside a running cluster by one scenario, so kept as files.
NEIGHBOURS = {"bookworm": "docker.io ufw", "trixie": "docker.io docker-cli ufw"}
# A machine of its own, so it has a serial number that makes a cached one stale: raise it when this file changes what is in there.
FORMAT = 2


@dataclass(frozen=True)
class Image:
    disk: Path
    kernel: Path
    initrd: Path


def ensure_image(suite: str) -> Image:
    """The machine's disk and kernel, made the first time from Debian's mirror. Needs root."""
    folder = WORK / f"{suite}.{FORMAT}"
    if not folder.exists():
        WORK.mkdir(parents=True, exist_ok=True)
        part = WORK / f"{suite}.part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        print(f"{suite}: fetching a machine", flush=True)
        _fetch(suite, part / "root")
        _customize(part / "root", suite)
        _pack(part)
        part.rename(folder)
    return Image(folder / "disk.raw", folder / "vmlinuz", folder / "initrd")


def _fetch(suite: str, root: Path) -> None:
    neighbours = (
        'mkdir -p "$1/root/neighbours/partial" && chroot "$1" apt-get install --yes --no-install-recommends --download-only '
        f'-o Dir::Cache::archives=/root/neighbours {NEIGHBOURS[suite]} && rm -r "$1/root/neighbours/partial"'
    )
    # In namespaces, so that one that is interrupted leaves no mounts.
    namespaces = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"]
    mmdebstrap = ["mmdebstrap", "--quiet", "--mode=root", "--variant=minbase", "--format=directory", f"--include={PACKAGES}"]
    subprocess.run(["nice", "-n", "5", *namespaces, *mmdebstrap, f"--customize-hook={neighbours}", suite, str(root)], check=True)


def _customize(root: Path, suite: str) -> None:
    units = root / "etc/systemd/system"
    _write(root / "usr/local/lib/vm/commands", (HERE / "guest/commands").read_text(), 0o755)
    _write(units / "vm-commands.service", (HERE / "guest/vm-commands.service").read_text())
    _enable(units, "multi-user.target.wants", units / "vm-commands.service")
    _enable(units, "multi-user.target.wants", root / "lib/systemd/system/systemd-networkd.service")
    _write(root / "etc/systemd/network/wired.network", "[Match]\nName=en* eth*\n\n[Network]\nDHCP=ipv4\n")
    # What would wake up in the middle of a test.
    for timer in ("apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "fstrim.timer", "e2scrub_all.timer"):
        (units / timer).unlink(missing_ok=True)
        (units / timer).symlink_to("/dev/null")
    _write(root / "etc/fstab", "/dev/vda / ext4 defaults 0 1\n")
    _write(root / "etc/hostname", f"{suite}\n")
    _write(root / "etc/hosts", f"127.0.0.1 localhost\n127.0.1.1 {suite}\n")
    # Without one the machine would take its first boot for an installation.
    _write(root / "etc/machine-id", "7a1c2f0e5d3b4a968877665544332211\n")
    subprocess.run(["chroot", str(root), "passwd", "--delete", "root"], check=True, stdout=subprocess.DEVNULL)


def _pack(part: Path) -> None:
    root = part / "root"
    shutil.copyfile(_linked(root, "vmlinuz"), part / "vmlinuz")
    shutil.copyfile(_linked(root, "initrd.img"), part / "initrd")
    # Filled without mounting anything: nothing can be left behind.
    disk = part / "disk.raw"
    with disk.open("wb") as file:
        file.truncate(40 << 30)
    subprocess.run(["nice", "-n", "5", "mkfs.ext4", "-q", "-F", "-d", str(root), str(disk)], check=True)
    shutil.rmtree(root)


def _linked(root: Path, name: str) -> Path:
    """The file behind a link at the top of another root; older releases have the link in /boot."""
    link = root / name
    if not link.is_symlink():
        link = root / "boot" / name
    return root / os.readlink(link).lstrip("/") if link.parent == root else link.parent / os.readlink(link)


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def _enable(units: Path, target: str, unit: Path) -> None:
    (units / target).mkdir(parents=True, exist_ok=True)
    link = units / target / unit.name
    link.unlink(missing_ok=True)
    link.symlink_to(Path("/") / unit.relative_to(units.parents[2]))
