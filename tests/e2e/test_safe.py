"""Safe by default: strangers reach no node, nobody is HDFS's superuser by saying nothing, and no name leads out of its place.

What leads out of a folder is refused where it is read, and unit tests have the cases: paths of rendered files and directories
(SafeRelative, SafeFolder in src/agent), entries of archives (SeedArchive there), names of roles, tasks and users (RoleName, TaskId,
UserName there), digests (BundleIndex in src/bundle), paths of a bundle's definition and tree (BundleDefinition, Tree there), another
user in a page's request (NodeTarget in src/pages). test_nodes.py has links that a node makes in place of its logs. Here is what only
a whole installation shows.

Inside a cluster Hadoop believes the name that a caller gives itself, as it does without Kerberos: `user.name=hadoop` from one of its
nodes is the superuser. So what keeps a cluster safe is who reaches its nodes, and that comes first.
"""

import json
import os
import socket
import ssl
import subprocess

import pytest
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.emr.v20190103 import models

from harness import wait_until
from test_pages import RESOURCE_MANAGER, Pages

EXAMPLES = "/opt/tusker/hadoop/share/hadoop-mapreduce-examples.jar"

# Prints those of its arguments, each ADDRESS:PORT, that accept a connection.
PROBE = """
import socket, sys
from concurrent.futures import ThreadPoolExecutor
def answers(place):
    address, port = place.rsplit(":", 1)
    try:
        socket.create_connection((address, int(port)), 2).close()
        return True
    except OSError:
        return False
with ThreadPoolExecutor(64) as pool:
    print(*[place for place, is_open in zip(sys.argv[1:], pool.map(answers, sys.argv[1:])) if is_open])
"""

# Prints the status of an HTTP request and how its answer begins: METHOD URL [BODY].
ASK = """
import sys, urllib.error, urllib.request
method, url, body = (sys.argv[1:] + [""])[:3]
request = urllib.request.Request(url, method=method, data=body.encode() or None, headers={"Content-Type": "application/json"})
try:
    answer = urllib.request.urlopen(request, timeout=20)
except urllib.error.HTTPError as refused:
    answer = refused
print(answer.status, answer.read()[:2000].decode(errors="replace"))
"""


@pytest.fixture(scope="module")
def cluster_id(installation):
    made = installation.create("guarded")
    installation.wait_running(made)
    return made


@pytest.fixture(scope="module")
def addresses(installation, cluster_id):
    """{node: address}"""
    told = json.loads(installation.tusker("node", "list", "guarded", "-o", "json").stdout)
    return {node["Name"]: node["Address"] for node in told}


@pytest.fixture(scope="module")
def listening(installation, addresses):
    """ADDRESS:PORT of all that a node's processes listen on for others, as the node's kernel tells."""
    found = []
    for node, address in addresses.items():
        told = installation.tusker("run", "guarded", "--node", node, "--", "ss", "-ltnH").stdout.decode()
        local = [line.split()[3] for line in told.splitlines()]
        found += [f"{address}:{place.rsplit(':', 1)[1]}" for place in local if not place.startswith("127.")]
    assert len(found) > 20, "NameNode, ResourceManager, DataNodes, NodeManagers and more listen"
    return found


def open_from(places, *how):
    """Those of `places` that a program which is started by the command `how` can connect to."""
    done = subprocess.run([*how, "/usr/bin/python3", "-c", PROBE, *places], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def open_in_node(installation, cluster, node, places):
    return installation.tusker("run", cluster, "--node", node, "--", "python3", "-c", PROBE, *places).stdout.decode().split()


class Neighbour:
    """A machine on a network of its own, which knows the nodes' addresses to lie behind this host."""

    def __init__(self, number, nodes):
        self.link = f"tkf{number}-{os.getpid()}"[:15]
        self.host, self.address = f"198.51.100.{4 * number + 1}", f"198.51.100.{4 * number + 2}"
        # Held by a process and not by a name: `ip netns` leaves its folder behind.
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        own = os.readlink("/proc/self/ns/net")
        wait_until(lambda: os.readlink(f"/proc/{self.holder.pid}/ns/net") != own, 10, "a network namespace")
        run("ip", "link", "add", self.link, "type", "veth", "peer", "name", "eth0", "netns", str(self.holder.pid))
        run("ip", "address", "add", f"{self.host}/30", "dev", self.link)
        run("ip", "link", "set", self.link, "up")
        run("sysctl", "-qw", f"net.ipv4.conf.{self.link}.forwarding=1")
        for argv in (("address", "add", f"{self.address}/30", "dev", "eth0"), ("link", "set", "eth0", "up"),
                     ("link", "set", "lo", "up"), ("route", "add", "198.51.100.0/24", "via", self.host)):
            run(*self.inside("ip", *argv))
        for node in nodes:
            run(*self.inside("ip", "route", "add", node, "via", self.host))

    def inside(self, *argv):
        return ("nsenter", f"--net=/proc/{self.holder.pid}/ns/net", *argv)

    def remove(self):
        subprocess.run(["ip", "link", "delete", self.link], check=False, timeout=30)
        self.holder.kill()
        self.holder.wait()


def run(*argv):
    subprocess.run(argv, check=True, timeout=30)


@pytest.fixture(scope="module")
def neighbours(addresses):
    made = []
    try:
        for number in (1, 2):
            made.append(Neighbour(number, addresses.values()))
        yield made
    finally:
        for neighbour in made:
            neighbour.remove()


def endpoints(installation):
    """ADDRESS:PORT of the API, and of the port for agents."""
    return (installation.data / "server/endpoint").read_text().split()[:2]


@pytest.fixture(scope="module")
def listener():
    """A port of this host that takes whoever comes."""
    with socket.create_server(("0.0.0.0", 0)) as server:
        yield server.getsockname()[1]


# -- who reaches a node


def test_another_network_reaches_no_port_of_a_node(neighbours, listening, listener):
    near, far = neighbours
    server = subprocess.Popen(far.inside("python3", "-u", "-m", "http.server", "--bind", far.address, "8000"),
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert b"Serving" in server.stdout.readline()
        control = [f"{near.host}:{listener}", f"{far.address}:8000"]
        assert open_from([*control, *listening], *near.inside()) == control, "this host, and what it forwards for others, answer"
    finally:
        server.kill()
        server.wait()


def test_another_cluster_on_this_host_reaches_no_port_of_a_node(installation, listening):
    stranger = installation.create("stranger", core=1, software=("hdfs-3.5.0",))
    installation.wait_running(stranger)
    for node, own in (("master-1", "master-1:4008"), ("core-1", "core-1:4001")):
        assert open_in_node(installation, "stranger", node, [own, *listening]) == [own]
    installation.terminate(stranger)


def test_only_root_of_this_host_reaches_a_node(installation, listening):
    server = os.stat(installation.data / "server/tusker.db").st_uid
    assert server != 0
    for user in (65534, server):
        assert open_from(listening, "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups") == []
    assert open_from(listening) == listening, "the agent asks daemons how they are"


def test_nodes_of_a_cluster_reach_each_other_and_nothing_of_their_host(installation, addresses, listening, neighbours, listener):
    assert open_in_node(installation, "guarded", "core-2", listening) == listening
    route = subprocess.run(["ip", "-j", "route", "get", addresses["core-2"]], capture_output=True, check=True, timeout=30)
    gateway = json.loads(route.stdout)[0]["prefsrc"]
    ports = [listener, *(place.rsplit(":", 1)[1] for place in endpoints(installation))]
    of_host = [f"{host}:{port}" for host in (gateway, neighbours[0].host) for port in ports]
    assert open_in_node(installation, "guarded", "core-2", of_host) == []


# -- who is the superuser


def ask(installation, *request):
    """(status, beginning of the answer) of an HTTP request by an ordinary user in a node."""
    told = installation.tusker("run", "guarded", "--", "python3", "-c", ASK, *request).stdout.decode()
    return int(told.split()[0]), told


@pytest.mark.parametrize("named", ["", "&user.name=dr.who", "&user.name=root", "&user.name=hdfs"])
def test_webhdfs_knows_no_superuser_without_a_name_or_by_a_usual_one(installation, cluster_id, named):
    for method, request in (("PUT", "/planted?op=MKDIRS"), ("DELETE", "/tmp?op=DELETE&recursive=true"),
                            ("PUT", "/user?op=SETPERMISSION&permission=777"), ("PUT", "/user?op=SETOWNER&owner=dr.who")):
        status, told = ask(installation, method, f"http://master-1:4008/webhdfs/v1{request}{named}")
        assert status == 403 and "AccessControlException" in told, told


@pytest.mark.parametrize("command", [
    "hdfs dfs -rm -r -skipTrash /tmp /user /app-logs",
    "hdfs dfs -chmod 777 /",
    "hdfs dfsadmin -safemode enter",
    "hdfs dfsadmin -refreshNodes",
    "hdfs dfsadmin -shutdownDatanode core-1:4004",
    "yarn rmadmin -refreshNodes",
])
def test_an_ordinary_user_is_refused_what_is_the_superusers(installation, cluster_id, command):
    done = installation.tusker("run", "guarded", "--", *command.split(), check=False)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode != 0
    assert any(words in said for words in ("Permission denied", "Access denied", "doesn't have permission")), said


def test_an_ordinary_user_reads_no_secret_and_no_data_of_a_node(installation, cluster_id):
    script = "for f in /data/1/hdfs /data/1/yarn/rm-state /etc/shadow /proc/1/environ; do [ -r $f ] && echo $f; done; :"
    for node in ("master-1", "core-1"):
        assert installation.tusker("run", "guarded", "--node", node, "--", "sh", "-c", script).stdout == b""


# -- who submits


def test_no_application_is_submitted_by_rest(installation, cluster_id):
    for path in ("new-application", "new-application?user.name=yarn", "new-application?user.name=hadoop", ""):
        status, told = ask(installation, "POST", f"http://master-1:5003/ws/v1/cluster/apps/{path}".rstrip("/"),
                           '{"application-id": "application_1_1", "am-container-spec": {"commands": {"command": "id"}}}')
        assert status == 403, told
        assert "application-id" not in told
    apps = ask(installation, "GET", "http://master-1:5003/ws/v1/cluster/apps")
    assert apps[0] == 200 and "application_" not in apps[1]


def test_no_application_is_submitted_through_a_page(installation, cluster_id):
    pages = Pages(installation, cluster_id)
    path = "/ws/v1/cluster/apps/new-application"
    asked = [pages.page(RESOURCE_MANAGER, path, method=method) for method in ("POST", "PUT", "GET")]
    assert [answer.status for answer in asked] == [405, 405, 401], "nobody is let in without a link"
    pages.let_in()
    assert [pages.page(RESOURCE_MANAGER, path, method=method).status for method in ("POST", "PUT")] == [405, 405]


# -- names that lead elsewhere

OUTSIDE = ["../../../etc/passwd", "..", "/etc/passwd", "a/../../b", "x\ny", "$(id)", "emr-00000000/../.."]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_name_is_no_path(installation, cluster_id, name):
    with pytest.raises(TencentCloudSDKException) as refused:
        installation.create(name, core=1)
    assert refused.value.code.startswith("InvalidParameter")
    request = models.DescribeClusterNodesRequest()
    request.InstanceId, request.NodeFlag = name, "all"
    with pytest.raises(TencentCloudSDKException) as unknown:
        installation.client().DescribeClusterNodes(request)
    assert unknown.value.code.startswith(("InvalidParameter", "ResourceNotFound"))
    for argv in (("run", name, "--", "id"), ("run", "guarded", "--node", name, "--", "id"), ("run", "guarded", "--user", name, "--", "id"),
                 ("logs", "guarded", name, "NameNode"), ("logs", name, "master-1", "NameNode"), ("ui", name)):
        done = installation.tusker(*argv, check=False)
        assert done.returncode not in (0, -6, -11) and b"uid=" not in done.stdout and b"root:" not in done.stdout, argv


def test_a_jar_with_a_hostile_name_is_a_file_and_nothing_else(installation, cluster_id, tmp_path):
    jar = tmp_path / "it's $(touch planted) `touch planted`; touch planted & ..jar"
    jar.write_bytes(installation.tusker("run", "guarded", "--", "cat", EXAMPLES).stdout)
    done = installation.tusker("job", "run", "guarded", "--jar", str(jar), "--wait", "--timeout", "200", "--", "pi", "1", "10", check=False)
    assert done.returncode == 0, done.stderr.decode()
    found = installation.tusker("run", "guarded", "--user", "root", "--", "find", "/", "-xdev", "-name", "planted").stdout
    assert found == b""


def raw(address, port, request, secure=False):
    """The whole answer to bytes that no client library would send; empty when the connection is closed instead."""
    with socket.create_connection((address, int(port)), 10) as plain:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            connection = context.wrap_socket(plain) if secure else plain
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))
        except (ssl.SSLError, ConnectionError):
            return b""


PATHS = ["/../../etc/passwd", "/blob/../seal.key", "/blob/..%2fseal.key", "/blob/%2e%2e/root-key.json", "/blob//etc/passwd", "/stream/../../x",
         "//etc/passwd", "/blob/sha256:" + "0" * 63 + "/", "/blob/sha256:" + "../" * 21 + "x"]


@pytest.mark.parametrize("path", PATHS)
def test_no_path_of_a_request_is_one_of_a_file(installation, cluster_id, path):
    public, agents = (place.rsplit(":", 1) for place in endpoints(installation))
    secret = installation.key["SecretKey"].encode()
    for host in ("localhost", f"{cluster_id}.localhost", f"{RESOURCE_MANAGER}.{cluster_id}.localhost"):
        told = raw(*public, f"GET {path} HTTP/1.1\r\nHost: {host}:{public[1]}\r\nConnection: close\r\n\r\n".encode())
        assert b"root:" not in told and secret not in told
        assert not told.startswith(b"HTTP/1.1 200") or b'"Error"' in told, told[:300]
    told = raw(*agents, f"GET {path} HTTP/1.1\r\nHost: {agents[0]}\r\nConnection: close\r\n\r\n".encode(), secure=True)
    assert not told.startswith(b"HTTP/1.1 200"), told[:300]


def test_the_agents_port_gives_nothing_to_whom_it_does_not_know(installation, cluster_id):
    address, port = endpoints(installation)[1].rsplit(":", 1)
    blob = next(path.name for path in (installation.data / "server/blobs").iterdir() if path.name.startswith("sha256:"))
    for request in (f"GET /blob/{blob}", "GET /link", "GET /stream/0"):
        told = raw(address, port, f"{request} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n".encode(), secure=True)
        assert told == b"" or told.startswith(b"HTTP/1.1 403"), told[:200]
    wrong = json.dumps({"token": "0" * 64, "host_name": "stranger", "signing_request": "", "routes": []})
    told = raw(address, port, f"POST /join HTTP/1.1\r\nHost: {address}\r\nContent-Length: {len(wrong)}\r\nConnection: close\r\n\r\n{wrong}".encode(),
               secure=True)
    assert told.startswith((b"HTTP/1.1 403", b"HTTP/1.1 400")), told[:200]
    assert len(json.loads(installation.tusker("host", "list", "-o", "json").stdout)) == 1
