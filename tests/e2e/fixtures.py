"""What every test of a real installation starts from; tests/conformance uses it too."""

import os
import shutil
from pathlib import Path

import pytest

from audit import difference, snapshot
from harness import BLOBS, TUSKER, Installation


def pytest_configure(config):
    # A machine that cannot run nodes fails the tests, it does not skip them.
    assert os.geteuid() == 0, "the end-to-end tests start containers: run them as root"
    assert TUSKER.exists(), f"{TUSKER} is missing: make build"
    assert (BLOBS / "index.json").exists(), f"{BLOBS}/index.json is missing: tusker bundle build"


@pytest.fixture(scope="session")
def machine_before():
    return snapshot()


def make_installation(path: Path) -> Installation:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o755)
    return Installation(path)


@pytest.fixture(scope="module")
def installation(machine_before, tmp_path_factory):
    """An installation that the tests of one file share; whatever they leave, nothing is left after it."""
    data = Path("/var/tmp") / f"tusker-e2e-{os.getpid()}-{tmp_path_factory.mktemp('i').name}"
    made = make_installation(data)
    made.up()
    yield made
    made.down(purge=True)
    shutil.rmtree(data, ignore_errors=True)
    left = difference(machine_before, snapshot())
    assert left == [], "\n".join(left)
