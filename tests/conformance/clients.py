"""The clients, each as its users call it: typed requests of the Python SDK, the Node SDK in a process of its own, tccli's command line.

All have one face here: call(action, parameters) gives the answer as a dictionary, or raises Refused with what the client tells its user.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.emr.v20190103 import emr_client, models

from harness import SOURCE

NODE_MODULES = Path(os.environ.get("TUSKER_NODE_MODULES", SOURCE / "build/conformance-node/node_modules"))
CALL_SECONDS = 60


class Refused(Exception):
    """An error that the API answered, as the client shows it."""

    def __init__(self, code: str, message: str, request_id: str):
        super().__init__(f"{code}: {message} ({request_id})")
        self.code, self.message, self.request_id = code, message, request_id


class Access:
    """Where the API is and who asks. `proxy`: send whole-URL request lines there, for an endpoint that no name server knows."""

    def __init__(self, endpoint: str, secret_id: str, secret_key: str, proxy: str = ""):
        self.endpoint, self.secret_id, self.secret_key, self.proxy = endpoint, secret_id, secret_key, proxy


class PythonSdk:
    name = "python"

    def __init__(self, access: Access, scratch: Path, sign: str = "TC3-HMAC-SHA256", method: str = "POST"):
        http = HttpProfile(protocol="http", endpoint=access.endpoint, reqMethod=method, proxy=access.proxy or None, reqTimeout=CALL_SECONDS)
        self._client = emr_client.EmrClient(
            credential.Credential(access.secret_id, access.secret_key), "local", ClientProfile(signMethod=sign, httpProfile=http))

    def call(self, action: str, parameters: dict) -> dict:
        request = getattr(models, action + "Request")()
        request.from_json_string(json.dumps(parameters))
        try:
            return json.loads(getattr(self._client, action)(request).to_json_string())
        except TencentCloudSDKException as refused:
            raise Refused(refused.code, refused.message, refused.requestId) from refused

    def wait_for_status(self, cluster_id: str, status: int) -> None:
        wait_by_polling(self, cluster_id, status)

    def close(self) -> None:
        pass


class NodeSdk:
    """One process and one client object for all calls, so that connections are kept as in a program of a user."""

    name = "node"

    def __init__(self, access: Access, scratch: Path, sign: str = "TC3-HMAC-SHA256", method: str = "POST"):
        assert not access.proxy, "the Node SDK tunnels through a proxy by CONNECT, which a plain server is not"
        node = shutil.which("nodejs") or shutil.which("node")
        assert node, "nodejs is missing: tools/setup/install dev"
        environment = {"PATH": os.environ["PATH"], "NODE_PATH": str(NODE_MODULES)}
        self._process = subprocess.Popen(
            [node, str(Path(__file__).with_name("node_client.js"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        self._say({"endpoint": access.endpoint, "secretId": access.secret_id, "secretKey": access.secret_key,
                   "signMethod": sign, "reqMethod": method, "timeout": CALL_SECONDS})

    def _say(self, line: dict) -> None:
        print(json.dumps(line), file=self._process.stdin, flush=True)

    def call(self, action: str, parameters: dict) -> dict:
        self._say({"action": action, "parameters": parameters})
        told = json.loads(self._process.stdout.readline())
        if "error" in told:
            raise Refused(told["error"]["code"], told["error"]["message"], told["error"]["requestId"])
        return told["answer"]

    def wait_for_status(self, cluster_id: str, status: int) -> None:
        wait_by_polling(self, cluster_id, status)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=CALL_SECONDS)


class Tccli:
    name = "tccli"
    _refusal = re.compile(r"\[TencentCloudSDKException\] code:(\S+) message:(.*) requestId:(\S+)", re.DOTALL)

    def __init__(self, access: Access, scratch: Path, sign: str = "TC3-HMAC-SHA256", method: str = "POST"):
        assert (sign, method) == ("TC3-HMAC-SHA256", "POST"), "tccli knows nothing else"
        self._endpoint = access.endpoint
        self._environment = {
            "PATH": os.environ["PATH"], "HOME": str(scratch), "LANG": "C.UTF-8",
            "TENCENTCLOUD_SECRET_ID": access.secret_id, "TENCENTCLOUD_SECRET_KEY": access.secret_key, "TENCENTCLOUD_REGION": "local"}
        if access.proxy:
            self._environment["HTTP_PROXY"] = self._environment["http_proxy"] = access.proxy

    def call(self, action: str, parameters: dict, *options: str) -> dict:
        argv = [str(Path(os.sys.executable).with_name("tccli")), "emr", action, "--endpoint", f"http://{self._endpoint}"]
        for name, value in parameters.items():
            argv += [f"--{name}", value if isinstance(value, str) else json.dumps(value)]
        done = subprocess.run([*argv, *options], env=self._environment, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode != 0:
            refused = self._refusal.search(done.stderr) or self._refusal.search(done.stdout)
            assert refused, f"tccli ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
            assert done.returncode == 255, done.returncode
            raise Refused(*refused.groups())
        return json.loads(done.stdout)

    def wait_for_status(self, cluster_id: str, status: int) -> None:
        waiter = f"{{'expr':'ClusterList[0].Status','to':{status},'timeout':180,'interval':1}}"
        self.call("DescribeInstances", {"DisplayStrategy": "clusterList", "InstanceIds": [cluster_id]}, "--waiter", waiter)

    def close(self) -> None:
        pass


def wait_by_polling(client, cluster_id: str, status: int, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while True:
        answer = client.call("DescribeInstances", {"DisplayStrategy": "clusterList", "InstanceIds": [cluster_id]})
        now = [cluster["Status"] for cluster in answer["ClusterList"]]
        if now == [status]:
            return
        assert time.monotonic() < deadline, f"status {now} and not {status} after {seconds} s"
        time.sleep(0.5)


CLIENTS = (PythonSdk, NodeSdk, Tccli)
