"""Keys beside the root key: what they may do, and what is left of them once they are deleted."""

import json
import os
import sqlite3
import stat
import subprocess

import pytest
from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.emr.v20190103 import emr_client, models

from harness import TUSKER, wait_until


class Key:
    def __init__(self, installation, name, *options):
        made = installation.tusker("key", "create", name, "-o", "json", *options)
        answer = json.loads(made.stdout)
        self.id, self.secret = answer["SecretId"], answer["SecretKey"]
        assert self.secret.encode() not in made.stderr
        self.installation = installation

    def client(self, secret=None):
        """The official SDK with this key."""
        http = HttpProfile(protocol="http", endpoint=self.installation.endpoint)
        return emr_client.EmrClient(
            credential.Credential(self.id, secret or self.secret), "local", ClientProfile(httpProfile=http)
        )

    def list(self, secret=None):
        request = models.DescribeInstancesRequest()
        request.DisplayStrategy = "clusterList"
        return self.client(secret).DescribeInstances(request)

    def environment(self):
        return {
            **os.environ,
            "TUSKER_ENDPOINT": f"http://{self.installation.endpoint}",
            "TUSKER_SECRET_ID": self.id,
            "TUSKER_SECRET_KEY": self.secret,
        }


def code_of(call):
    with pytest.raises(TencentCloudSDKException) as refused:
        call()
    return refused.value.get_code()


def listed(installation):
    return {key["SecretId"]: key for key in json.loads(installation.tusker("key", "list", "-o", "json").stdout)}


def kill_server(installation):
    killed = installation.kill("server")
    wait_until(lambda: installation.pid_of("server") not in (0, killed), 20, "the server is back")

    def answers():
        try:
            return installation.client().DescribeInstances(models.DescribeInstancesRequest()) is None
        except TencentCloudSDKException as refused:
            return refused.get_code() != "ClientNetworkError"

    wait_until(answers, 20, "the API answers")

    def is_connected():
        return json.loads(installation.tusker("host", "list", "-o", "json").stdout)[0]["Connected"]

    wait_until(is_connected, 30, "the agent has found the server again")


def everything_written(installation):
    """Every byte of the server's and the agent's files that is not a key file meant to hold it."""
    for path in installation.data.rglob("*"):
        if path.is_file() and "blobs" not in path.parts and "nodes" not in path.parts and "mounts" not in path.parts:
            yield path, path.read_bytes()


def test_a_key_works_until_it_is_deleted_and_only_with_its_secret(installation):
    key = Key(installation, "ci")
    assert key.list().TotalCnt == 0
    assert code_of(lambda: key.list("x" * 32)) == "AuthFailure.SignatureFailure"
    assert listed(installation)[key.id]["LastUsedTime"] > "2020"
    installation.tusker("key", "delete", key.id)
    assert code_of(key.list) == "AuthFailure.SecretIdNotFound"
    assert key.id not in listed(installation)


def test_keys_and_deletions_survive_a_kill(installation):
    kept, deleted = Key(installation, "kept"), Key(installation, "deleted")
    installation.tusker("key", "delete", deleted.id)
    kill_server(installation)
    assert kept.list().TotalCnt == 0
    assert code_of(deleted.list) == "AuthFailure.SecretIdNotFound"


def test_the_root_key_and_the_key_of_the_call_are_not_deleted(installation):
    key = Key(installation, "own")
    root = installation.key["SecretId"]
    refused = installation.tusker("key", "delete", root, check=False)
    assert (refused.returncode, b"FailedOperation.KeyNotDeletable" in refused.stderr) == (1, True)
    own = subprocess.run(
        [str(TUSKER), "key", "delete", key.id], env=key.environment(), capture_output=True, timeout=60, check=False
    )
    assert (own.returncode, b"FailedOperation.KeyNotDeletable" in own.stderr) == (1, True)
    assert key.list().TotalCnt == 0


def test_a_file_for_a_key_is_new_and_only_its_owners(installation, tmp_path):
    path = tmp_path / "ci.env"
    made = installation.tusker("key", "create", "filed", "--to", str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = path.read_text().split("TUSKER_SECRET_KEY='")[1].split("'")[0]
    assert secret.encode() not in made.stdout + made.stderr
    before = len(listed(installation))
    assert installation.tusker("key", "create", "filed", "--to", str(path), check=False).returncode == 1
    assert len(listed(installation)) == before
    shown = subprocess.run(
        ["sh", "-c", f'. {path}; "{TUSKER}" cluster list -o json'],
        capture_output=True,
        timeout=60,
        check=True,
        env={k: v for k, v in os.environ.items() if not k.startswith("TUSKER_")},
    )
    assert json.loads(shown.stdout) == []


@pytest.fixture(scope="module")
def cluster(installation):
    cluster_id = installation.create("with-keys", core=1)
    installation.wait_running(cluster_id)
    return cluster_id


def test_a_read_only_key_looks_and_changes_nothing(installation, cluster):
    key = Key(installation, "eyes", "--read-only")
    assert key.list().TotalCnt == 1
    request = models.TerminateInstanceRequest()
    request.InstanceId = cluster
    assert code_of(lambda: key.client().TerminateInstance(request)) == "UnauthorizedOperation.CheckCamAuth"
    for words in (["run", "with-keys", "--", "true"], ["logs", "with-keys", "master-1", "NameNode"], ["key", "create", "more"]):
        refused = subprocess.run(
            [str(TUSKER), *words], env=key.environment(), capture_output=True, timeout=60, check=False
        )
        assert refused.returncode != 0
        assert b"UnauthorizedOperation.CheckCamAuth" in refused.stderr
    assert installation.cluster(cluster).Status == 2


def test_an_open_stream_ends_with_its_key(installation, cluster):
    key = Key(installation, "streaming")
    running = installation.start("run", "with-keys", "--", "sh", "-c", "echo ready; exec sleep 600", env=key.environment(),
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdout.readline() == b"ready\n"
    installation.tusker("key", "delete", key.id)
    assert running.wait(20) != 0


def test_no_secret_is_written_anywhere_but_sealed(installation, cluster):
    keys = [Key(installation, "a"), Key(installation, "b", "--read-only")]
    for key in keys:
        key.list()
        code_of(lambda: key.list("y" * 32))  # noqa: B023 - called at once
    dump = installation.tusker("debug", "dump", "--data", str(installation.data)).stdout
    database = sqlite3.connect(f"file:{installation.data}/server/tusker.db?mode=ro", uri=True)
    rows = [bytes for (bytes,) in database.execute("SELECT bytes FROM rows UNION ALL SELECT bytes FROM history")]
    database.close()
    for key in keys:
        secret = key.secret.encode()
        assert key.id.encode() in dump
        assert secret not in dump
        assert any(key.id.encode() in row for row in rows)
        assert not any(secret in row for row in rows)
        for path, content in everything_written(installation):
            assert secret not in content, path
