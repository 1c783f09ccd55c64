"""Wrong input: each row of bad_input.tsv, and what only bytes can say. Nothing may be created by any of it."""

import hashlib
import hmac
import json
import socket
import time
from pathlib import Path

import pytest

from audit import difference, snapshot
from harness import create_request

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "bad_input.tsv").read_text().splitlines()
    if line and not line.startswith("#")
]


def merge(base, change):
    for key, value in change.items():
        if value is None:
            base.pop(key, None)
        elif isinstance(value, dict) and isinstance(base.get(key), dict):
            merge(base[key], value)
        else:
            base[key] = value
    return base


def signed(installation, action, body: bytes, *, timestamp=None, secret=None, host=None, version="2019-01-03"):
    """Headers of a request, signed by the published algorithm, written here anew rather than taken from the server."""
    key = installation.key
    host = host or installation.endpoint
    timestamp = timestamp or int(time.time())
    date = time.strftime("%Y-%m-%d", time.gmtime(timestamp))
    canonical = (
        f"POST\n/\n\ncontent-type:application/json\nhost:{host}\n\ncontent-type;host\n{hashlib.sha256(body).hexdigest()}"
    )
    scope = f"{date}/emr/tc3_request"
    to_sign = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    derived = ("TC3" + (secret or key["SecretKey"])).encode()
    for part in (date, "emr", "tc3_request"):
        derived = hmac.new(derived, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(derived, to_sign.encode(), hashlib.sha256).hexdigest()
    return [
        f"Host: {host}",
        "Content-Type: application/json",
        f"X-TC-Action: {action}",
        f"X-TC-Version: {version}",
        f"X-TC-Timestamp: {timestamp}",
        "X-TC-Region: local",
        f"Authorization: TC3-HMAC-SHA256 Credential={key['SecretId']}/{scope}, SignedHeaders=content-type;host, Signature={signature}",
    ]


def exchange(installation, headers, body: bytes, method="POST", length=None):
    host, port = installation.endpoint.split(":")
    head = "\r\n".join([f"{method} / HTTP/1.1", *headers, f"Content-Length: {len(body) if length is None else length}", "Connection: close", "", ""])
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        try:
            connection.sendall(head.encode() + body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before we had said everything; the answer is still there to read
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    top, _, content = answer.partition(b"\r\n\r\n")
    return int(top.split()[1]), top.decode(), content


def error_of(installation, action, body: bytes, **options):
    status, _, content = exchange(installation, signed(installation, action, body, **options), body)
    assert status == 200, content
    response = json.loads(content)["Response"]
    assert "RequestId" in response
    return response.get("Error", {"Code": "none", "Message": content.decode()[:300]})


def good_request(action):
    if action == "CreateInstance":
        return json.loads(create_request("bad-input", 2, (1536, 1536)).to_json_string())
    return {}


@pytest.fixture(scope="module", autouse=True)
def nothing_is_created(installation):
    before = snapshot(installation.data / "agent/nodes")
    yield
    left = difference(before, snapshot(installation.data / "agent/nodes"))
    # Images and bundles are fetched ahead of any cluster.
    assert [line for line in left if "/agent/mounts/" not in line and "/agent/blobs/" not in line] == []
    listed = json.loads(installation.tusker("cluster", "list", "--output", "json").stdout)
    assert listed == []


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_bad_input_gets_the_documented_code(installation, row):
    _, action, change, code, *words = row
    error = error_of(installation, action, json.dumps(merge(good_request(action), json.loads(change))).encode())
    assert error["Code"] != "none", error
    assert "InternalError" not in error["Code"], error
    if code != "*":
        assert error["Code"] == code or (code == "ResourceNotFound" and error["Code"].startswith(code)), error
    for word in filter(None, words):
        assert word.lower() in error["Message"].lower(), error


def test_a_wrong_signature_is_refused(installation):
    assert error_of(installation, "DescribeInstances", b"{}", secret="x" * 32)["Code"] == "AuthFailure.SignatureFailure"


def test_an_old_timestamp_is_refused(installation):
    error = error_of(installation, "DescribeInstances", b"{}", timestamp=int(time.time()) - 301)
    assert error["Code"] == "AuthFailure.SignatureExpire"


def test_another_version_is_refused(installation):
    assert error_of(installation, "DescribeInstances", b"{}", version="2018-01-01")["Code"] == "NoSuchVersion"


def test_a_body_of_11_mb_is_refused_by_a_documented_error(installation):
    body = b'{"DisplayStrategy":"' + b"x" * (11 << 20) + b'"}'
    assert error_of(installation, "DescribeInstances", body)["Code"] == "RequestSizeLimitExceeded"


def test_deep_json_is_refused(installation):
    body = b'{"DisplayStrategy":' + b"[" * 100000 + b"]" * 100000 + b"}"
    assert error_of(installation, "DescribeInstances", body)["Code"].startswith("InvalidParameter")


def test_two_host_headers_are_refused(installation):
    headers = signed(installation, "DescribeInstances", b"{}")
    status, _, content = exchange(installation, ["Host: other.example", *headers], b"{}")
    assert status == 400 or b'"Error"' in content


def test_no_credentials_are_refused(installation):
    headers = [h for h in signed(installation, "DescribeInstances", b"{}") if not h.startswith("Authorization")]
    _, top, content = exchange(installation, headers, b"{}")
    assert json.loads(content)["Response"]["Error"]["Code"].startswith(("AuthFailure", "MissingParameter"))
    assert "Content-Type: application/json\r\n" in top + "\r\n"


def test_another_method_is_refused(installation):
    status, _, content = exchange(installation, signed(installation, "DescribeInstances", b"{}"), b"{}", method="PUT")
    assert (status, json.loads(content)["Response"]["Error"]["Code"]) == (200, "UnsupportedProtocol")
