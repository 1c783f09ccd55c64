"""What stands in the way of a start ends it with one message and its remedy, within seconds, and leaves nothing."""

import os
import shutil
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from audit import difference, snapshot
from fixtures import make_installation
from harness import TUSKER


@pytest.fixture
def fresh(machine_before, tmp_path):
    data = Path(f"/var/tmp/tusker-e2e-start-{os.getpid()}")
    yield make_installation(data)
    subprocess.run([str(TUSKER), "down", "--purge", "--data", str(data)], capture_output=True, check=False, timeout=60)
    shutil.rmtree(data, ignore_errors=True)
    assert difference(machine_before, snapshot()) == []


def start_fails(installation, *options, env=None, argv0=()):
    began = time.monotonic()
    done = subprocess.run(
        [*argv0, str(TUSKER), "up", "--data", str(installation.data), "--listen", "127.0.0.1:0", "--detach", *options],
        capture_output=True, text=True, timeout=60, check=False, env=env,
    )
    assert done.returncode != 0, done.stdout
    assert time.monotonic() - began < 20
    return done.stdout + done.stderr


def test_a_port_in_use_is_named(fresh):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = start_fails(fresh, "--listen", f"127.0.0.1:{port}")
    assert str(port) in said and "use" in said


def test_not_being_root_is_said(fresh):
    said = start_fails(fresh, argv0=("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"))
    assert "root" in said


def test_data_of_a_newer_version_is_refused_and_untouched(fresh):
    fresh.up()
    fresh.down()
    database = fresh.data / "server/tusker.db"
    with sqlite3.connect(database) as db:
        tables = [row[0] for row in db.execute("select name from sqlite_master where type='table'")]
        assert tables
        db.execute("pragma user_version = 9999")
    said = start_fails(fresh)
    assert "newer" in said
    assert "9999" in said


def in_mount_namespace(script):
    """The command runs where `script` has changed what is mounted; nobody else sees it."""
    return ("unshare", "--mount", "sh", "-c", f'{script} && exec "$@"', "sh")


def test_a_missing_program_is_named_with_its_package(fresh):
    runc = shutil.which("runc")
    said = start_fails(fresh, argv0=in_mount_namespace(f"mount --bind /dev/null {runc}"))
    assert "runc: not found" in said and "apt-get install runc" in said


def test_a_missing_kernel_feature_is_named(fresh):
    said = start_fails(fresh, argv0=in_mount_namespace("mount -t tmpfs none /sys/fs/cgroup"))
    assert "cgroups" in said and "memory, cpu, pids" in said


def test_a_full_disk_is_said_before_anything_is_started(fresh):
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(fresh.data)], check=True)
    try:
        said = start_fails(fresh)
        assert "disk" in said and "--data" in said
        assert not (fresh.data / "server").exists()
    finally:
        subprocess.run(["umount", str(fresh.data)], check=True)
