"""Calls of a running installation ($TUSKER_DATA) for the programs that measure it, signed by the tusker program itself."""
import json
import subprocess
import sys
import time
from pathlib import Path

TUSKER = Path(__file__).resolve().parents[2] / "build/release/tusker"


def call(action, **request):
    done = subprocess.run([TUSKER, "api", action, json.dumps(request)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{action}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def create(name, master_mb=2048, software=("hdfs-3.5.0", "yarn-3.5.0")):
    """1 + 2 nodes with HDFS and YARN, as floor_plan.cc plans them too; the new cluster's id."""
    spec = {"Spec": "CVM.S6", "StorageType": 5, "DiskType": "CLOUD_PREMIUM", "MemSize": 2048, "Cpu": 2, "DiskSize": 4}
    groups = {"MasterCount": 1, "MasterResourceSpec": spec | {"MemSize": master_mb}, "CoreCount": 2, "CoreResourceSpec": spec}
    return call("CreateInstance", ProductId=500, Software=list(software), SupportHA=0, InstanceName=name, PayMode=0,
                TimeSpan=3600, TimeUnit="s", LoginSettings={"Password": "Tusker@2026x"}, ResourceSpec=groups)["InstanceId"]


def nodes(cluster, flag="all"):
    return call("DescribeClusterNodes", InstanceId=cluster, NodeFlag=flag)["NodeList"]


def wait_until_running(cluster, within=180):
    """Its creation has ended, which is later than the cluster is ready for use: until then it cannot be terminated."""
    deadline = time.monotonic() + within
    while True:
        status = call("DescribeInstances", DisplayStrategy="clusterList", InstanceIds=[cluster])["ClusterList"][0]["Status"]
        if status == 2:
            return
        if status == 301 or time.monotonic() > deadline:
            sys.exit(f"{cluster}: expected it to run within {within} s, found status {status}")
        time.sleep(0.2)
