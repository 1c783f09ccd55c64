"""Pages of services: a link lets a browser in, what it sees leads through the server, and nothing else of a node does."""

import http.client
import json
import re
import subprocess

import pytest

from browser import Browser
from harness import wait_until

NAMENODE = "4008-master-1"
RESOURCE_MANAGER = "5003-master-1"
SAID = b"what a file says, and nobody else\n"


class Answer:
    def __init__(self, reply):
        self.status = reply.status
        self.headers = reply.headers
        self.body = reply.read()

    @property
    def text(self):
        return self.body.decode(errors="replace")


class Pages:
    """A client that knows what a browser knows: one address, and names of hosts in its Host header."""

    def __init__(self, installation, cluster_id):
        self.address, self.port = installation.endpoint.split(":")
        self.installation = installation
        self.cluster_id = cluster_id
        self.front = f"{cluster_id}.localhost"
        self.cookie = ""

    def get(self, host, path, method="GET", **headers):
        connection = http.client.HTTPConnection(self.address, int(self.port), timeout=90)
        sent = {"Host": f"{host}:{self.port}"} | {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookie:
            sent.setdefault("Cookie", self.cookie)
        connection.request(method, path, headers=sent)
        answer = Answer(connection.getresponse())
        connection.close()
        return answer

    def page(self, name, path="/", **more):
        return self.get(f"{name}.{self.front}", path, **more)

    def link(self):
        return self.installation.tusker("ui", self.cluster_id).stdout.decode().strip()

    def path_of_link(self):
        begin = f"http://{self.front}:{self.port}/"
        link = self.link()
        assert link.startswith(begin)
        return link[len(begin) - 1 :]

    def let_in(self):
        answer = self.get(self.front, self.path_of_link())
        assert answer.status == 303, answer.text
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        return self

    def follow(self, answer):
        """Where a redirect or link leads, as (name of the page's host, path)."""
        return self.split(answer.headers["Location"])

    def split(self, url):
        found = re.fullmatch(rf"http://([^/]+)\.{re.escape(self.front)}:{self.port}(/.*)", url)
        assert found, f"{url} does not lead through the server"
        return found.groups()


@pytest.fixture(scope="module")
def cluster_id(installation):
    made = installation.create("looked-at", core=1)
    installation.wait_running(made)
    installation.tusker("run", made, "--", "hdfs", "dfs", "-put", "-", "/user/tusker/said.txt", input=SAID)
    # A file that only HDFS's superuser may read.
    put = "hdfs dfs -put - /tmp/private.txt && hdfs dfs -chmod 600 /tmp/private.txt"
    installation.tusker("run", made, "--user", "hadoop", "--", "sh", "-c", put, input=b"mine\n")
    return made


@pytest.fixture
def pages(installation, cluster_id):
    return Pages(installation, cluster_id)


@pytest.fixture
def inside(pages):
    return pages.let_in()


# -- who is let in


def test_the_link_lets_in_once_and_is_not_in_the_next_address(pages):
    path = pages.path_of_link()
    answer = pages.get(pages.front, path)
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    cookie = answer.headers["Set-Cookie"]
    assert f"Domain={pages.front}; " in cookie and "; HttpOnly; SameSite=Lax" in cookie
    pages.cookie = cookie.split(";")[0]
    assert pages.get(pages.front, "/").status == 200
    again = pages.get(pages.front, path)
    assert (again.status, again.headers["Set-Cookie"]) == (403, None)
    assert "tusker ui" in again.text


def test_asking_for_its_head_does_not_use_the_link_up(pages):
    path = pages.path_of_link()
    assert pages.get(pages.front, path, method="HEAD").status == 403
    assert pages.get(pages.front, path).status == 303


def test_without_a_session_nothing_is_shown_but_what_to_do(pages):
    for host, path in ((pages.front, "/"), (f"{NAMENODE}.{pages.front}", "/jmx"), (f"1-x.{pages.front}", "/"), ("emr-00000000.localhost", "/")):
        answer = pages.get(host, path)
        assert answer.status == 401
        assert "tusker ui" in answer.text and "looked-at" not in answer.text
    pages.cookie = "tusker-pages=" + "0" * 64
    assert pages.get(pages.front, "/").status == 401


def test_a_session_is_of_one_cluster(inside, installation):
    other = installation.create("another", core=1)
    foreign = Pages(installation, other)
    foreign.cookie = inside.cookie
    assert foreign.get(foreign.front, "/").status == 401
    path = foreign.path_of_link()
    assert inside.get(inside.front, path).status == 403
    # There are pages while it is being created, and none when it has ended.
    foreign.let_in()
    assert foreign.get(foreign.front, "/").status == 200
    installation.wait_running(other)
    installation.tusker("cluster", "terminate", other, "--yes", "--wait")
    ended = foreign.get(foreign.front, "/")
    assert (ended.status, "has ended" in ended.text) == (404, True)
    assert installation.tusker("ui", other, check=False).returncode != 0


def test_other_sites_are_not_answered(inside):
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://emr-00000000.localhost:1"}, {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"}):
        assert inside.page(NAMENODE, "/jmx", **headers).status == 403, headers
    assert inside.page(NAMENODE, "/jmx", Origin=f"http://{NAMENODE}.{inside.front}:{inside.port}").status == 200


def test_nothing_is_changed_through_a_page(inside):
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        answer = inside.page(NAMENODE, "/webhdfs/v1/tmp/x?op=MKDIRS", method=method)
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert inside.page(NAMENODE, "/logLevel?log=root&level=DEBUG").status == 403


def test_the_api_is_where_it_was(inside):
    for host in ("localhost", "127.0.0.1", "example.localhost"):
        answer = inside.get(host, "/")
        assert json.loads(answer.body)["Response"]["Error"]["Code"] == "MissingParameter"


# -- what is shown


def test_the_front_page_lists_the_pages_with_node_and_state(inside):
    text = inside.get(inside.front, "/").text
    for title, name, path in (("NameNode", NAMENODE, "/"), ("ResourceManager", RESOURCE_MANAGER, "/cluster"), ("JobHistory", "5024-master-1", "/jobhistory")):
        assert f'<a href="http://{name}.{inside.front}:{inside.port}{path}">{title}</a></td><td>master-1</td><td>ready</td>' in text


def test_every_listed_page_is_there(inside, installation):
    listed = json.loads(installation.tusker("ui", inside.cluster_id, "-o", "json").stdout)["Pages"]
    assert {page["Title"] for page in listed} >= {"NameNode", "DataNode", "ResourceManager", "NodeManager", "JobHistory", "SecondaryNameNode"}
    for page in listed:
        answer = inside.get(page["Hostname"], page["Path"])
        while answer.status in (301, 302, 303, 307):
            where = answer.headers["Location"]
            answer = inside.get(page["Hostname"], where) if where.startswith("/") else inside.page(*inside.follow(answer))
        assert answer.status == 200, page


def test_what_is_no_page_is_answered_with_those_there_are(inside):
    for name in ("4007-master-1", "22-master-1", "4008-core-1", "4008-master-9"):
        answer = inside.page(name)
        assert answer.status == 404
        assert f"http://{NAMENODE}.{inside.front}:{inside.port}/" in answer.text
    assert inside.page(NAMENODE, "/.tusker/22-master-1/webhdfs/v1/").status == 404
    assert inside.page(NAMENODE, f"/.tusker/{RESOURCE_MANAGER}/cluster").status == 404


def test_a_file_is_read_through_webhdfs(inside):
    answer = inside.page(NAMENODE, "/webhdfs/v1/user/tusker/said.txt?op=OPEN")
    assert answer.status == 307
    name, path = inside.follow(answer)
    assert name == NAMENODE and path.startswith("/.tusker/4002-core-1/webhdfs/v1/user/tusker/said.txt?")
    assert inside.page(name, path).body == SAID
    where = json.loads(inside.page(NAMENODE, "/webhdfs/v1/user/tusker/said.txt?op=OPEN&noredirect=true").body)["Location"]
    assert inside.page(*inside.split(where)).body == SAID


def test_pages_act_as_the_ordinary_user_whatever_is_asked(inside):
    assert inside.page(NAMENODE, "/webhdfs/v1/tmp/private.txt?op=OPEN").status == 403
    for query in ("op=OPEN&user.name=hadoop", "op=OPEN&user%2Ename=hadoop", "op=OPEN;user.name=hadoop", "op=OPEN&doas=hadoop"):
        assert inside.page(NAMENODE, f"/webhdfs/v1/tmp/private.txt?{query}").status == 403
    # Where a NameNode sends somebody who may read it, said to a DataNode directly.
    _, path = inside.follow(inside.page(NAMENODE, "/webhdfs/v1/user/tusker/said.txt?op=OPEN"))
    other = path.replace("/user/tusker/said.txt", "/tmp/private.txt")
    assert "user.name=tusker" in other
    assert inside.page(NAMENODE, other).status == 403
    assert inside.page(NAMENODE, other.replace("user.name=tusker", "user.name=hadoop")).status == 403


def test_a_large_file_passes_whole_however_slowly_it_is_read(inside, installation):
    installation.tusker("run", inside.cluster_id, "--", "sh", "-c", "head -c 30000000 /dev/zero | tr '\\0' x | hdfs dfs -put - /user/tusker/large")
    name, path = inside.follow(inside.page(NAMENODE, "/webhdfs/v1/user/tusker/large?op=OPEN"))
    connection = http.client.HTTPConnection(inside.address, int(inside.port), timeout=90)
    connection.request("GET", path, headers={"Host": f"{name}.{inside.front}:{inside.port}", "Cookie": inside.cookie})
    reply = connection.getresponse()
    total = 0
    while piece := reply.read(10007):
        assert piece == b"x" * len(piece)
        total += len(piece)
    assert total == 30000000


# -- in a real browser


@pytest.fixture
def browser(tmp_path):
    opened = Browser(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def running_job(installation, cluster_id):
    """A job that runs for as long as it is wanted: its map asks for more than its ApplicationMaster leaves of the node."""
    pages = Pages(installation, cluster_id).let_in()
    most = json.loads(pages.page(RESOURCE_MANAGER, "/ws/v1/cluster/metrics").body)["clusterMetrics"]["totalMB"]
    process = installation.start(
        "run", cluster_id, "--", "yarn", "jar", "/opt/tusker/hadoop/share/hadoop-mapreduce-examples.jar",
        "wordcount", f"-Dmapreduce.map.memory.mb={most}", "/user/tusker/said.txt", "/user/tusker/never",
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def running():
        apps = json.loads(pages.page(RESOURCE_MANAGER, "/ws/v1/cluster/apps?states=RUNNING").body)["apps"]
        return apps and apps["app"][0]["id"]

    name = wait_until(running, 60, "a job runs")
    yield name
    installation.tusker("run", cluster_id, "--", "yarn", "application", "-kill", name)
    process.wait(timeout=60)


def test_from_the_namenode_to_a_files_content(browser, pages):
    browser.go(pages.link())
    assert browser.url == f"http://{pages.front}:{pages.port}/"
    browser.click("link text", "NameNode")
    browser.click("link text", "Utilities")
    browser.click("link text", "Browse the file system")
    for folder in ("user", "tusker", "said.txt"):
        browser.click("link text", folder)
    browser.click("css selector", "#file-info-preview-head")
    wait_until(lambda: browser.value("css selector", "#file-info-preview-body") == SAID.decode(), 30, "the file's content is shown")
    browser.click("css selector", "#file-info-download")
    wait_until(lambda: [file for file in browser.downloads.iterdir() if file.read_bytes() == SAID], 30, "it is downloaded")


def test_from_the_namenode_to_a_datanode(browser, pages):
    browser.go(pages.link())
    browser.click("link text", "NameNode")
    # Its overview, once drawn, takes the place of whichever tab was opened meanwhile.
    browser.find("xpath", "//h1[.='Summary']")
    browser.click("link text", "Datanodes")
    browser.click("xpath", "//a[contains(., '.tusker.internal:4002')]")
    wait_until(lambda: "4002-core-1" in browser.url, 30, "its page is open")
    browser.find("xpath", "//*[contains(., 'Block Pools') or contains(., 'DataNode on')]")


def test_from_the_resourcemanager_to_a_running_jobs_log(browser, pages, running_job):
    browser.go(pages.link())
    browser.click("link text", "ResourceManager")
    browser.click("link text", "RUNNING")
    browser.click("link text", running_job)
    browser.click("link text", "Logs")
    wait_until(lambda: "5004-core-1" in browser.url, 30, "the NodeManager's page is open")
    browser.click("xpath", "//a[contains(., 'syslog') and not(contains(., 'full log'))]")
    browser.click("xpath", "//a[.='here']")  # "Showing 4096 bytes. Click here for full log"
    wait_until(lambda: "Created MRAppMaster for application" in browser.text, 30, "the log is shown from its begin")


# -- last, since it takes a page away

# In the place of the ResourceManager: tells what it was asked, and misbehaves when it is told to.
ECHO = r"""
import http.server

class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/garbage":
            return self.wfile.write(b"this is not HTTP\r\n\r\n")
        body = f"{self.requestline}\n{self.headers}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body) + (7 if self.path == "/short" else 0)))
        for name, value in (("Set-Cookie", "tusker-pages=mine"), ("Access-Control-Allow-Origin", "*"), ("Connection", "close, x-hop"), ("X-Own", "kept")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

http.server.ThreadingHTTPServer(("", 5003), Echo).serve_forever()
"""


@pytest.fixture(scope="module")
def stopped(installation, cluster_id):
    installation.tusker("cluster", "stop", cluster_id, "--service", "yarn", "--process", "ResourceManager", "--yes", "--wait")
    yield
    installation.tusker("cluster", "start", cluster_id, "--wait")


@pytest.fixture
def echo(inside, installation, stopped):
    process = installation.start("run", inside.cluster_id, "--node", "master-1", "--", "python3", "-c", ECHO)
    wait_until(lambda: inside.page(RESOURCE_MANAGER).status == 200, 30, "the echo answers")
    yield inside
    process.kill()
    process.wait()


def test_a_page_whose_process_is_stopped_says_so(inside, stopped):
    answer = inside.page(RESOURCE_MANAGER, "/cluster")
    assert answer.status == 502
    assert "ResourceManager on master-1 does not answer" in answer.text and "stopped" in answer.text
    assert "<td>stopped</td>" in inside.get(inside.front, "/").text


def test_a_node_sees_no_cookie_and_sets_none(echo):
    answer = echo.page(RESOURCE_MANAGER, "/a?b=c", Cookie=f"{echo.cookie}; own=1", Referer="http://x/", X_Forwarded_For="1.2.3.4", Authorization="Basic eDp5", Accept_Language="de")
    sent = answer.text.lower()
    assert sent.startswith("get /a?b=c http/1.1\n")
    assert f"host: master-1.{echo.cluster_id}.tusker.internal:5003\n" in sent and "accept-language: de\n" in sent
    for name in ("cookie", "referer", "x-forwarded-for", "authorization"):
        assert f"\n{name}:" not in sent
    assert answer.headers["X-Own"] == "kept"
    for name in ("Set-Cookie", "Access-Control-Allow-Origin"):
        assert answer.headers[name] is None


def test_an_answer_that_breaks_off_is_not_taken_for_whole(echo):
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        echo.page(RESOURCE_MANAGER, "/short")
    garbage = echo.page(RESOURCE_MANAGER, "/garbage")
    assert (garbage.status, "does not answer" in garbage.text) == (502, True)
    assert echo.page(RESOURCE_MANAGER, "/").status == 200
