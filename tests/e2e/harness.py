"""Starts real installations for the tests: one data folder each, a port of its own, bundles linked from the cache."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Callable

from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.emr.v20190103 import emr_client, models

SOURCE = Path(__file__).resolve().parents[2]
TUSKER = Path(os.environ.get("TUSKER", SOURCE / "build/release/tusker"))
BLOBS = Path(os.environ.get("TUSKER_BLOBS", SOURCE / "build/blobs"))


def wait_until(check: Callable[[], object], seconds: float, what: str):
    """The first true answer of `check`; polls, because the thing waited for is another program."""
    deadline = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}; last answer: {answer!r}")
        time.sleep(0.1)


def left_of(nodes: list[str]) -> list[str]:
    """Those of these node ids that the kernel still shows something of."""
    shown = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    shown += Path("/proc/self/mountinfo").read_text()
    return [node for node in nodes if node in shown]


class Installation:
    """`tusker up` on a data folder of its own."""

    def __init__(self, data: Path):
        self.data = data
        self._started: list[subprocess.Popen] = []

    # -- the command

    def environment(self) -> dict[str, str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("TUSKER_", "TENCENTCLOUD_"))}
        return {**env, "TUSKER_DATA": str(self.data)}

    @staticmethod
    def command(*argv: str) -> list[str]:
        return [str(TUSKER), *argv]

    def tusker(self, *argv: str, check: bool = True, **options) -> subprocess.CompletedProcess:
        options.setdefault("capture_output", True)
        options.setdefault("timeout", 300)
        done = subprocess.run(self.command(*argv), env=self.environment(), check=False, **options)
        if check and done.returncode != 0:
            raise AssertionError(
                f"tusker {' '.join(argv)} ended with {done.returncode}\n"
                f"{(done.stdout or b'').decode(errors='replace')}\n{(done.stderr or b'').decode(errors='replace')}"
            )
        return done

    def start(self, *argv: str, **options) -> subprocess.Popen:
        """It goes on beside the test. What a test that failed has left of it ends with the installation."""
        options.setdefault("env", self.environment())
        started = subprocess.Popen(self.command(*argv), **options)
        self._started.append(started)
        return started

    def link_blobs(self) -> None:
        target = self.data / "server/blobs"
        target.mkdir(parents=True, exist_ok=True)
        for file in BLOBS.iterdir():
            if file.is_file() and not (target / file.name).exists():
                try:
                    os.link(file, target / file.name)
                except OSError:
                    shutil.copy2(file, target / file.name)

    def up(self, *options: str, linked: bool = False) -> None:
        """`linked`: the bundles are there as the test wants them."""
        if not linked:
            self.link_blobs()
        self.tusker("up", "--data", str(self.data), "--listen", "127.0.0.1:0", "--detach", "--no-rate-limit", *options)

    def down(self, purge: bool = False) -> None:
        if purge:
            for started in self._started:
                if started.poll() is None:
                    started.kill()
                    started.wait()
        self.tusker("down", "--data", str(self.data), *(["--purge"] if purge else []))

    # -- the API

    @property
    def endpoint(self) -> str:
        return (self.data / "server/endpoint").read_text().splitlines()[0]

    @property
    def key(self) -> dict:
        return json.loads((self.data / "server/root-key.json").read_text())

    def client(self) -> emr_client.EmrClient:
        key = self.key
        http = HttpProfile(protocol="http", endpoint=self.endpoint)
        return emr_client.EmrClient(
            credential.Credential(key["SecretId"], key["SecretKey"]), "local", ClientProfile(httpProfile=http)
        )

    def cluster(self, cluster_id: str):
        request = models.DescribeInstancesRequest()
        request.DisplayStrategy = "clusterList"
        request.InstanceIds = [cluster_id]
        found = self.client().DescribeInstances(request).ClusterList
        return found[0] if found else None

    def nodes(self, cluster_id: str) -> list:
        request = models.DescribeClusterNodesRequest()
        request.InstanceId = cluster_id
        request.NodeFlag = "all"
        return self.client().DescribeClusterNodes(request).NodeList

    def create(self, name: str, core: int = 2, memory_mb: tuple[int, int] = (1536, 1536), **more) -> str:
        return self.client().CreateInstance(create_request(name, core, memory_mb, **more)).InstanceId

    def wait_running(self, cluster_id: str, seconds: float = 120):
        def settled():
            cluster = self.cluster(cluster_id)
            return cluster if cluster is not None and cluster.Status in (2, 301) else None

        cluster = wait_until(settled, seconds, f"{cluster_id} running")
        assert cluster.Status == 2, f"create failed: {self.tusker('cluster', 'show', cluster_id, check=False).stdout.decode()}"
        return cluster

    def terminate(self, cluster_id: str, seconds: float = 60) -> None:
        request = models.TerminateInstanceRequest()
        request.InstanceId = cluster_id
        self.client().TerminateInstance(request)
        wait_until(lambda: self.cluster(cluster_id) is None, seconds, f"{cluster_id} gone")

    # -- processes of the installation

    def pid_of(self, part: str) -> int:
        """The process of `tusker server` or `tusker agent` that works on our data folder."""
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                argv = (entry / "cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if len(argv) > 1 and os.path.basename(argv[0]) == "tusker" and argv[1] == part and str(self.data) in argv:
                return int(entry.name)
        return 0

    def kill(self, part: str) -> int:
        pid = self.pid_of(part)
        if pid:
            os.kill(pid, signal.SIGKILL)
        return pid


def custom(service: str, file: str, properties: dict) -> str:
    """Of a create: settings of its user's, as ExtendFsField."""
    return json.dumps([{"serviceName": service, "classification": file, "serviceVersion": "3.5.0", "properties": properties}])


def create_request(name: str, core: int, memory_mb: tuple[int, int], software=("hdfs-3.5.0", "yarn-3.5.0"), disk_gb: int = 4):
    def resource(memory: int) -> models.Resource:
        spec = models.Resource()
        spec.Spec = "CVM.S6"
        spec.StorageType = 5
        spec.DiskType = "CLOUD_PREMIUM"
        spec.MemSize = memory
        spec.Cpu = 1
        spec.DiskSize = disk_gb
        return spec

    request = models.CreateInstanceRequest()
    request.ProductId = 500
    request.Software = list(software)
    request.SupportHA = 0
    request.InstanceName = name
    request.PayMode = 0
    request.TimeSpan = 3600
    request.TimeUnit = "s"
    request.LoginSettings = models.LoginSettings()
    request.LoginSettings.Password = "Tusker@2026x"
    request.ResourceSpec = models.NewResourceSpec()
    request.ResourceSpec.MasterCount = 1
    request.ResourceSpec.MasterResourceSpec = resource(memory_mb[0])
    request.ResourceSpec.CoreCount = core
    request.ResourceSpec.CoreResourceSpec = resource(memory_mb[1])
    return request
