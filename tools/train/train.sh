#!/bin/bash
# train.sh BLOBS [OUT] : records which classes Hadoop's daemons, command lines and tasks load, for the class-data-sharing archive.
#
# Runs every role and the common commands once, in the node image with the Hadoop bundle where nodes have it, in a network of its own
# (loopback only), and writes the union of what was loaded, in the order of loading, to OUT (components/hadoop/classes.lst).
# Root only. Needed when the Hadoop version, the set of roles or the JVM's major version changes; users never run it.
set -euE
root=$(cd "$(dirname "$0")/../.." && pwd)
if [ "${1-}" != --inside ]; then
  blobs=$(realpath "$1")
  out=$(realpath -m "${2:-$root/components/hadoop/classes.lst}")
  exec unshare --mount --net --uts --pid --fork --kill-child "$0" --inside "$blobs" "$out"
fi
blobs=$2 out=$3
. "$(dirname "$0")/node.sh"
make_node "$blobs"

nodes_active() { get 5003/ws/v1/cluster/metrics | grep -q '"activeNodes":1,'; }
history_up() { get 5024/ws/v1/history/info | grep -q startedOn; }

echo "train: formatting, starting daemons"
as hadoop hdfs org.apache.hadoop.hdfs.server.namenode.NameNode -format -nonInteractive >format.log 2>&1
daemon hadoop namenode org.apache.hadoop.hdfs.server.namenode.NameNode
daemon hadoop datanode org.apache.hadoop.hdfs.server.datanode.DataNode
daemon yarn resourcemanager org.apache.hadoop.yarn.server.resourcemanager.ResourceManager
daemon yarn nodemanager org.apache.hadoop.yarn.server.nodemanager.NodeManager
until_true "NameNode out of safe mode" jmx_has '"FSState" : "Operational"'
until_true "one live DataNode" jmx_has '"NumLiveDataNodes" : 1,'
until_true "one active NodeManager" nodes_active
daemon hadoop secondarynamenode org.apache.hadoop.hdfs.server.namenode.SecondaryNameNode
as hadoop hdfs dfs -mkdir -p /tmp /app-logs /mr-history/tmp /mr-history/done /user/tusker /user/yarn
as hadoop hdfs dfs -chmod 1777 /tmp /app-logs /mr-history/tmp
as hadoop hdfs dfs -chown yarn:yarn /app-logs /mr-history/tmp /mr-history/done /user/yarn
as hadoop hdfs dfs -chown tusker:tusker /user/tusker
daemon yarn historyserver org.apache.hadoop.mapreduce.v2.hs.JobHistoryServer
until_true "the JobHistoryServer" history_up

echo "train: commands and a word count"
as tusker hdfs dfs -mkdir -p /user/tusker/in
cat node/usr/share/common-licenses/* 2>/dev/null | head -c 300000 | as tusker hdfs dfs -put - /user/tusker/in/a
as tusker hdfs dfs -put /etc/tusker/current/hdfs-site.xml /user/tusker/in
as tusker hdfs dfs -ls -R / >/dev/null
as tusker hdfs dfs -stat %r,%o /user/tusker/in/a >/dev/null
as hadoop hdfs dfsadmin -report >/dev/null
as hadoop hdfs dfsadmin -refreshNodes >/dev/null 2>&1
as hadoop hdfs dfsadmin -safemode get >/dev/null
as hadoop hdfs fsck / >/dev/null 2>&1
as yarn yarn rmadmin -refreshNodes >/dev/null 2>&1
as yarn yarn node -list >/dev/null 2>&1
as tusker hadoop jar /opt/tusker/hadoop/share/hadoop-mapreduce-examples.jar wordcount \
  -Dyarn.app.mapreduce.am.command-opts='-Xmx300m @/etc/tusker/current/train-mr.args' \
  -Dmapreduce.map.java.opts='-Xmx200m @/etc/tusker/current/train-mr.args' \
  -Dmapreduce.reduce.java.opts='-Xmx200m @/etc/tusker/current/train-mr.args' \
  in out >wordcount.log 2>&1 || { tail -n 20 wordcount.log >&2; exit 1; }
as tusker hdfs dfs -cat 'out/part-r-*' | tail -n 1
as tusker hdfs dfs -get out /data/mr/out
as tusker hdfs dfs -cp in/a in/b
as tusker hdfs dfs -rm -r in/b out >/dev/null 2>&1
as tusker yarn application -list -appStates ALL >apps.log 2>&1
application=$(grep -o 'application_[0-9_]*' apps.log | head -n 1)
as tusker yarn application -status "$application" >/dev/null 2>&1
as tusker yarn logs -applicationId "$application" >/dev/null 2>&1 || true # aggregation may still be running
as tusker mapred job -list all >/dev/null 2>&1
as tusker mapred job -status "job_${application#application_}" >status.log 2>&1 || tail -n 5 status.log >&2

echo "train: what probes and people ask over HTTP"
for page in 4008/jmx 4008/dfshealth.html '4008/fsck?ugi=hadoop&path=%2F' '4008/imagetransfer?getimage=1&txid=latest' 4008/webhdfs/v1/?op=LISTSTATUS \
  4002/jmx 5003/jmx 5003/cluster 5003/cluster/nodes 5003/cluster/scheduler 5003/ws/v1/cluster/apps 5003/ws/v1/cluster/nodes \
  5003/ws/v1/cluster/scheduler 5008/node 5008/jmx 5008/ws/v1/node/info 5024/jobhistory 5024/ws/v1/history/mapreduce/jobs; do
  get "$page" >/dev/null || true
done
as hadoop hdfs dfsadmin -rollEdits >/dev/null 2>&1
as hadoop hdfs org.apache.hadoop.hdfs.server.namenode.SecondaryNameNode -checkpoint force >checkpoint.log 2>&1 || true

echo "train: stopping" # a JVM writes its list while it runs; an orderly end loads the last classes
for name in historyserver nodemanager datanode secondarynamenode resourcemanager namenode; do
  eval "kill \"\$pid_$name\"" 2>/dev/null || true
done
wait || true

# Daemons that stand on the way to a ready cluster first, so that their pages lie together.
lists=$(cd node/data/lists && grep -l . ./*.lst)
cd node/data/lists
: >"$work/all"
for first in namenode.NameNode datanode.DataNode ResourceManager nodemanager.NodeManager ''; do
  for list in $lists; do
    if [ -z "$first" ] || grep -q "/$(echo "$first" | tr . /)\( \|\$\)" "$list"; then grep -v '^#' "$list" >>"$work/all" || true; fi
  done
done
awk '!seen[$0]++' "$work/all" >"$work/classes.lst"
echo "train: $(find . -name "*.lst" | wc -l) processes, $(wc -l <"$work/classes.lst") lines"
cp "$work/classes.lst" "$out"
