"""Every signature and method that a client knows, requests through a proxy, and keys that are wrong. No cluster is needed."""

from dataclasses import dataclass
from itertools import product

import pytest

from clients import CLIENTS, Access, NodeSdk, PythonSdk, Refused, Tccli

SIGNATURES = ("TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256")


@dataclass(frozen=True)
class Way:
    client: type
    sign: str = SIGNATURES[0]
    method: str = "POST"

    def __str__(self) -> str:
        return f"{self.sign}-{self.method}"


WAYS = [Way(client, sign, method) for client, sign, method in product((PythonSdk, NodeSdk), SIGNATURES, ("GET", "POST"))] + [Way(Tccli)]


@pytest.fixture
def client_type(request):
    return request.param


@pytest.fixture
def connect(installation, tmp_path):
    """Makes clients that end with the test."""
    made = []

    def make(client_type, *how, endpoint="", secret="", proxy=""):
        key = installation.key
        access = Access(endpoint or installation.endpoint, key["SecretId"], secret or key["SecretKey"], proxy)
        made.append(client_type(access, tmp_path, *how))
        return made[-1]

    yield make
    for client in made:
        client.close()


# Lists, numbers and text that has to be escaped, in a query, a form or JSON.
QUESTION = {"DisplayStrategy": "clusterList", "InstanceIds": ["emr-aaaaaaaa", "emr-bbbbbbbb"], "Offset": 0, "Limit": 10}
SEARCH = {"DisplayStrategy": "clusterList", "Filters": [{"Name": "ClusterName", "Values": ["a b+c&d=é/?"]}]}


@pytest.mark.parametrize("client_type,way", [(way.client, way) for way in WAYS], ids=lambda value: str(value) if isinstance(value, Way) else value.name, indirect=["client_type"])
def test_every_signature_and_method(client_type, way, connect):
    client = connect(way.client, way.sign, way.method)
    assert client.call("DescribeInstances", QUESTION)["TotalCnt"] == 0
    assert client.call("DescribeInstancesList", SEARCH)["TotalCnt"] == 0
    with pytest.raises(Refused) as refused:
        client.call("TerminateInstance", {"InstanceId": "emr-zzzzzzzz"})
    assert refused.value.code.startswith("ResourceNotFound") and refused.value.request_id


@pytest.mark.parametrize("client_type", CLIENTS, ids=lambda client: client.name, indirect=True)
def test_a_wrong_key_is_refused_by_name(client_type, connect):
    with pytest.raises(Refused) as refused:
        connect(client_type, secret="not-the-secret-of-this-key").call("DescribeInstances", QUESTION)
    assert refused.value.code == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize("client_type", (PythonSdk, Tccli), ids=lambda client: client.name, indirect=True)
def test_a_domain_that_only_the_proxy_knows(client_type, connect, installation):
    """The request line is a whole URL then; the host that is signed is the domain's."""
    client = connect(client_type, endpoint="emr.example.test", proxy=f"http://{installation.endpoint}")
    assert client.call("DescribeInstances", QUESTION)["TotalCnt"] == 0
