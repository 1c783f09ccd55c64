"""Bootstrap scripts: programs of the user's that every node runs, before its services and after all serve."""

import base64
import json
import os
import signal
from pathlib import Path

import pytest
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.emr.v20190103 import models

from harness import create_request, wait_until

NAME = "scripted"
# The services' own record tells whether they came before or after.
NOTE = """#!/bin/bash
java=$(pgrep -f '[p]roc_' | wc -l)
echo "$(basename "$0") $TUSKER_NODE_TYPE $java $(id -u) $*" >>/data/1/scripts
echo "said by $(basename "$0")"
"""


def script(name, content, moment="resourceAfter", order=0, arguments=()):
    setting = models.PreExecuteFileSettings()
    setting.CosFileURI = "data:;base64," + base64.b64encode(content.encode()).decode()
    setting.CosFileName, setting.WhenRun, setting.RunOrder, setting.Args = name, moment, order, list(arguments)
    return setting


def create(installation, name, *scripts):
    request = create_request(name, 1, (1536, 1536), ("hdfs-3.5.0",))
    request.PreExecutedFileSettings = list(scripts)
    return installation.client().CreateInstance(request).InstanceId


@pytest.fixture(scope="module")
def cluster_id(installation):
    made = create(
        installation, NAME,
        script("last.sh", NOTE, "clusterAfter", 3),
        script("second.sh", NOTE, "clusterBefore", 2),
        script("first.sh", NOTE, "resourceAfter", 1, ["one", "two words", "$(id)"]))
    installation.wait_running(made)
    return made


def in_node(installation, node, command):
    return installation.tusker("run", NAME, "--user", "root", "--node", node, "--", "sh", "-c", command).stdout.decode()


def read_of(process, what):
    try:
        return Path(f"/proc/{process}/{what}").read_text()
    except OSError:  # it has ended
        return ""


def flow_of(installation, cluster):
    """The newest flow of a cluster."""
    return json.loads(installation.tusker("flow", "list", cluster, "-o", "json").stdout)[0]


def notes(installation, node):
    return in_node(installation, node, "cat /data/1/scripts").splitlines()


def test_scripts_run_on_every_node_in_the_order_of_their_moments(installation, cluster_id):
    for node, kind, daemons in (("master-1", "master", 1), ("core-1", "core", 2)):
        first, second, last = notes(installation, node)
        assert first == f"01-first.sh {kind} 0 0 one two words $(id)"
        assert second == f"02-second.sh {kind} 0 0 "
        assert last == f"03-last.sh {kind} {daemons} 0 "


def test_what_they_wrote_is_kept(installation, cluster_id):
    said = installation.tusker("logs", NAME, "core-1", "task-bootstrap-before").stdout.decode()
    assert "said by 01-first.sh" in said and "said by 02-second.sh" in said and "last.sh" not in said
    assert "said by 03-last.sh" in installation.tusker("logs", NAME, "core-1", "task-bootstrap-after").stdout.decode()
    kept = in_node(installation, "core-1", "ls /usr/local/service/scripts").split()
    assert kept == ["01-first.sh", "02-second.sh", "03-last.sh"]


def test_others_in_the_node_cannot_read_them(installation, cluster_id):
    for path in ("/etc/tusker/current/scripts/01-first.sh", "/usr/local/service/scripts/01-first.sh"):
        assert installation.tusker("run", NAME, "--node", "core-1", "--", "cat", path, check=False).returncode == 1, path


def test_a_node_that_comes_later_runs_them_too(installation, cluster_id):
    installation.tusker("cluster", "scale", NAME, "--core", "2", "--wait")
    assert [line.split()[0] for line in notes(installation, "core-2")] == ["01-first.sh", "02-second.sh", "03-last.sh"]


def test_a_container_that_is_made_anew_runs_those_before_its_services_again(installation, cluster_id):
    before = len(notes(installation, "core-1"))
    node = next(node for node in installation.nodes(cluster_id) if node.NameTag == "core.0").EmrResourceId
    # PID 1 of the node, as the host numbers it.
    inits = [
        process for process in os.listdir("/proc") if process.isdigit()
        and node in read_of(process, "cgroup") and read_of(process, "cmdline").startswith("s6-svscan")]
    assert len(inits) == 1
    os.kill(int(inits[0]), signal.SIGKILL)

    def again():
        shown = json.loads(installation.tusker("node", "list", NAME, "-o", "json").stdout)
        node = next(node for node in shown if node["Name"] == "core-1")
        # While the container is gone nothing can be run in it.
        read = installation.tusker("run", NAME, "--user", "root", "--node", "core-1", "--", "cat", "/data/1/scripts", check=False)
        return all(role["State"] == "ready" for role in node["Roles"]) and read.stdout.count(b"\n") == before + 2

    wait_until(again, 90, "core-1 has run them and serves")
    assert notes(installation, "core-1")[-2:] == ["01-first.sh core 0 0 one two words $(id)", "02-second.sh core 0 0 "]


def test_a_script_that_fails_unwinds_and_says_why(installation, cluster_id):
    failing = "#!/bin/sh\n[ \"$TUSKER_NODE_TYPE\" = core ] || exit 0\necho no such repository >&2\nexit 7\n"
    for moment in ("resourceAfter", "clusterAfter"):
        made = create(installation, f"broken-{moment[:7]}", script("setup.sh", failing, moment, 1, ["--fast"]))
        wait_until(lambda: installation.cluster(made).Status == 301, 120, "status 301")
        shown = installation.tusker("cluster", "show", made).stdout.decode()
        first = shown.splitlines()[0]
        assert "core-1 on host" in first and "setup.sh" in first and "exit code 7: no such repository" in first, first
        assert "setup.sh --fast" in shown


def test_growth_with_a_broken_script_of_its_own_leaves_the_cluster_as_it_was(installation, cluster_id):
    request = models.ScaleOutInstanceRequest()
    request.InstanceId, request.TimeUnit, request.TimeSpan, request.PayMode = cluster_id, "s", 3600, 0
    request.CoreCount = 1
    request.PreExecutedFileSettings = [script("other.sh", "#!/bin/sh\nexit 5\n")]
    before = sorted(node.NameTag for node in installation.nodes(cluster_id))
    flow = installation.client().ScaleOutInstance(request).FlowId
    wait_until(lambda: flow_of(installation, NAME)["Outcome"] != "UNFINISHED", 120, "its end")
    shown = installation.tusker("flow", "show", str(flow)).stdout.decode()
    assert "other.sh" in shown and "exit code 5" in shown, shown
    assert sorted(node.NameTag for node in installation.nodes(cluster_id)) == before


def test_a_script_from_elsewhere_is_refused(installation, cluster_id):
    setting = script("setup.sh", "true")
    setting.CosFileURI = "https://bucket.cos.ap-guangzhou.myqcloud.com/setup.sh"
    with pytest.raises(TencentCloudSDKException) as refused:
        create(installation, "elsewhere", setting)
    assert refused.value.code == "InvalidParameter.InvalidCosFileURI" and "data:" in refused.value.message


def test_by_the_command(installation, cluster_id, tmp_path):
    (tmp_path / "setup.sh").write_text(NOTE)
    command = ("cluster", "create", "commanded", "--core", "1", "--components", "hdfs", "--profile", "small", "--disk", "2", "--wait")
    installation.tusker(*command, "--bootstrap", f"{tmp_path}/setup.sh '--fast  way'", "--bootstrap", f"clusterAfter={tmp_path}/setup.sh", timeout=600)
    said = installation.tusker("run", "commanded", "--user", "root", "--", "cat", "/data/1/scripts").stdout.decode()
    assert said == "01-setup.sh master 0 0 --fast  way\n02-setup.sh master 1 0 \n"
    missing = installation.tusker(*command, "--bootstrap", f"{tmp_path}/none.sh", check=False)
    assert missing.returncode == 1 and b"none.sh" in missing.stderr
