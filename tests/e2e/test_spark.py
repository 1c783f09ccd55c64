"""Spark on YARN: jobs, SQL whose tables outlive sessions, the history, and what clusters without it say."""

import collections
import json
import subprocess
import urllib.request

import pytest

from harness import left_of, wait_until

SOFTWARE = ("hdfs-3.5.0", "yarn-3.5.0", "spark-4.1.4")

COUNT = b"""
import sys
from operator import add

from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("word count").getOrCreate()
lines = spark.sparkContext.textFile("/user/tusker/words")
counts = lines.flatMap(lambda line: line.split()).map(lambda word: (word, 1)).reduceByKey(add)
for word, n in counts.collect():
    print(f"{word}\\t{n}")
spark.stop()
"""

# Tells when its executors have gone, and goes on when there is a file /tmp/on.
TWICE = b"""
import os
import time

from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("twice").config("spark.dynamicAllocation.executorIdleTimeout", "1s").getOrCreate()
context = spark.sparkContext
counts = context.parallelize(range(100000), 8).map(lambda n: (n % 100, 1)).reduceByKey(lambda one, other: one + other)
assert counts.count() == 100
while context._jsc.sc().getExecutorMemoryStatus().size() > 1:  # the driver is one
    time.sleep(0.1)
print("idle", flush=True)
while not os.path.exists("/tmp/on"):
    time.sleep(0.1)
print("answer", counts.count(), flush=True)
ran = [context.statusTracker().getStageInfo(stage) for stage in (0, 2)]
print("tasks", *[(stage.numCompletedTasks, stage.numFailedTasks) for stage in ran], flush=True)
spark.stop()
"""


@pytest.fixture(scope="module")
def cluster_id(installation):
    # As the profile `small` for Spark: 4 GB and 2 GB.
    made = installation.create("sparkling", core=2, memory_mb=(4096, 2048), software=SOFTWARE)
    installation.wait_running(made, 180)
    return made


def run(installation, *argv, **options):
    return installation.tusker("run", "sparkling", "--", *argv, **options)


def put(installation, path, content):
    run(installation, "hdfs", "dfs", "-put", "-f", "-", path, input=content)


def page(installation, cluster_id, port, path):
    address = next(node.Ip for node in installation.nodes(cluster_id) if node.NameTag == "master.0")
    return urllib.request.urlopen(f"http://{address}:{port}{path}", timeout=10).read()


def test_a_word_count_in_python_through_yarn_equals_ours(installation, cluster_id):
    text = b"".join(open(f"/usr/share/common-licenses/{name}", "rb").read() for name in ("GPL-2", "GPL-3", "Apache-2.0"))
    put(installation, "/user/tusker/words", text)
    run(installation, "sh", "-c", "cat > /tmp/count.py", input=COUNT)
    done = run(installation, "spark-submit", "/tmp/count.py")
    counted = {word: int(n) for word, n in (line.split("\t") for line in done.stdout.decode().splitlines())}
    assert counted == dict(collections.Counter(text.decode().split()))
    apps = json.loads(page(installation, cluster_id, 5003, "/ws/v1/cluster/apps"))["apps"]["app"]
    assert ("word count", "SPARK", "SUCCEEDED", "tusker") in {
        (app["name"], app["applicationType"], app["finalStatus"], app["user"]) for app in apps
    }


def test_a_step_of_a_job_runs_with_its_driver_on_the_workers(installation, cluster_id, tmp_path):
    (tmp_path / "count.py").write_bytes(COUNT)
    installation.tusker("job", "run", "sparkling", "--type", "spark", "--file", str(tmp_path / "count.py"),
                        "--conf", "spark.submit.deployMode=cluster", "--wait")
    step = json.loads(installation.tusker("job", "list", "sparkling", "-o", "json").stdout)[0]["Steps"][0]
    assert (step["JobType"], step["State"], len(step["ApplicationIds"])) == ("SPARK", "SUCCEEDED", 1)
    apps = json.loads(page(installation, cluster_id, 5003, "/ws/v1/cluster/apps"))["apps"]["app"]
    assert next(app["finalStatus"] for app in apps if app["id"] == step["ApplicationIds"][0]) == "SUCCEEDED"


def test_tables_outlive_the_session_that_made_them(installation, cluster_id):
    installation.tusker(
        "sql", "sparkling", "-e", "CREATE TABLE rivers (name STRING, km INT); INSERT INTO rivers VALUES ('Elbe', 1094), ('Oder', 866)"
    )
    assert installation.tusker("sql", "sparkling", "-e", "SELECT sum(km) FROM rivers").stdout.decode().split() == ["1960"]
    assert b"/user/hive/warehouse/rivers" in run(installation, "hdfs", "dfs", "-ls", "/user/hive/warehouse").stdout


def test_python_sees_the_same_tables_and_makes_others(installation, cluster_id):
    done = installation.tusker(
        "pyspark", "sparkling", input=b"print('rows', spark.table('rivers').count())\nspark.sql('CREATE TABLE seas (name STRING)')\n"
    )
    assert b"rows 2" in done.stdout
    assert b"seas" in installation.tusker("sql", "sparkling", "-e", "SHOW TABLES").stdout


def test_the_history_lists_applications_that_have_ended(installation, cluster_id):
    def listed():
        return {app["name"] for app in json.loads(page(installation, cluster_id, 10000, "/api/v1/applications"))}

    wait_until(lambda: "word count" in listed(), 30, "the word count in the history")


def test_shuffle_files_outlive_their_executors_and_a_restart_of_the_node_managers(installation, cluster_id, tmp_path):
    run(installation, "sh", "-c", "cat > /tmp/twice.py", input=TWICE)
    told = tmp_path / "told"
    with told.open("wb") as out:
        asking = installation.start("run", "sparkling", "--", "spark-submit", "/tmp/twice.py", stdout=out)
    wait_until(lambda: told.read_bytes() == b"idle\n", 120, "executors that have gone")
    installation.tusker("cluster", "stop", "sparkling", "--service", "yarn", "--process", "NodeManager", "--yes", "--wait")
    installation.tusker("cluster", "start", "sparkling", "--wait")
    run(installation, "touch", "/tmp/on")
    assert asking.wait(timeout=120) == 0
    # Of the second time the first of two stages is not run: what it made is there.
    assert told.read_bytes() == b"idle\nanswer 100\ntasks (8, 0) (0, 0)\n"


def test_a_cluster_without_spark_says_so(installation, cluster_id):
    other = installation.create("plain-one", core=1, memory_mb=(1024, 1024))
    done = installation.tusker("sql", "plain-one", "-e", "SELECT 1", check=False)
    assert done.returncode != 0
    assert b"plain-one has no spark" in done.stderr
    installation.wait_running(other)
    installation.terminate(other)


def test_what_spark_needs_is_named_when_it_is_missing(installation, cluster_id):
    done = installation.tusker("cluster", "create", "alone-one", "--components", "hdfs,spark", "--profile", "small", check=False)
    assert done.returncode != 0
    assert b"spark needs yarn" in done.stderr.lower()


def test_terminate_leaves_nothing(installation, cluster_id):
    nodes = [node.EmrResourceId for node in installation.nodes(cluster_id)]
    installation.terminate(cluster_id)
    assert left_of(nodes) == []
