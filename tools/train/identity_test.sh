#!/bin/bash
# identity_test.sh BLOBS : proves that components/hadoop/namenode/ serves any number of clusters.
#
# Rewrites the three placeholders of VERSION for clusters A and B, starts a NameNode on each, lets a DataNode join A, then takes it to B and
# wants it refused; wants owners and modes of the directories to be those of namenode.directories, and the ordinary user kept out of others' homes.
set -euE
root=$(cd "$(dirname "$0")/../.." && pwd)
if [ "${1-}" != --inside ]; then
  exec unshare --mount --net --uts --pid --fork --kill-child "$0" --inside "$(realpath "$1")"
fi
. "$(dirname "$0")/node.sh"
make_node "$2"

identity() { # CLUSTER NAMESPACE-ID: its name directory at /data/1/CLUSTER
  local current=node/data/1/$1/current
  mkdir -p "$current"
  cp "$root"/components/hadoop/namenode/* "$current"
  sed -i -e "s/{{cluster_id}}/CID-$1/" -e "s/{{block_pool_id}}/BP-$1/" -e "s/{{namespace_id}}/$2/" "$current/VERSION"
  chown -R 61101:61101 "node/data/1/$1"
  chmod -R u=rwX,go= "node/data/1/$1"
}
name_node() { # CLUSTER RPC-PORT HTTP-PORT
  daemon hadoop "name_$1" org.apache.hadoop.hdfs.server.namenode.NameNode "-Ddfs.namenode.name.dir=file:///data/1/$1" \
    "-Dfs.defaultFS=hdfs://master-1:$2" "-Ddfs.namenode.http-address=0.0.0.0:$3"
}
fact() { get "$1/jmx?qry=Hadoop:service=NameNode,name=$2" | grep -q "$3"; }
must() { # WHAT COMMAND…
  local what=$1
  shift
  if "$@"; then echo "ok: $what"; else echo "FAILED: $what" >&2; exit 1; fi
}

identity A 1001
identity B 1002
name_node A 4007 4008
name_node B 4107 4108
until_true "NameNode A" fact 4008 NameNodeInfo '"BlockPoolId" : "BP-A"'
until_true "NameNode B" fact 4108 NameNodeInfo '"BlockPoolId" : "BP-B"'
must "two NameNodes run from one image under two identities" fact 4108 NameNodeInfo '"ClusterId" : "CID-B"'

daemon hadoop data org.apache.hadoop.hdfs.server.datanode.DataNode
until_true "A's DataNode" fact 4008 FSNamesystemState '"NumLiveDataNodes" : 1,'
must "A is out of safe mode with one DataNode" fact 4008 FSNamesystemState '"FSState" : "Operational"'
echo text | as tusker hdfs dfs -put - /user/tusker/file 2>/dev/null
must "the ordinary user writes and reads at home" test "$(as tusker hdfs dfs -cat /user/tusker/file 2>/dev/null)" = text
must "the ordinary user cannot look into another's home" test "$(as tusker hdfs dfs -ls /user/hadoop 2>/dev/null | wc -l)" = 0
as hadoop hdfs dfs -stat '%n %u:%g %a' /app-logs /mr-history /mr-history/done /mr-history/tmp /tmp /user /user/hadoop /user/tusker /user/yarn \
  >seen 2>/dev/null
awk '!/^#/ && $1 != "/" { sub(".*/", "", $1); print }' "$root/components/hadoop/namenode.directories" >wanted
must "owners and modes are those of namenode.directories" diff wanted seen

eval 'kill "$pid_data"; wait "$pid_data"' || true
daemon hadoop data_at_b org.apache.hadoop.hdfs.server.datanode.DataNode -Dfs.defaultFS=hdfs://master-1:4107
refused() { grep -q 'Incompatible clusterIDs' data_at_b.log; }
until_true "B's answer to A's DataNode" refused
must "A's DataNode is refused at B: $(grep -o 'Incompatible clusterIDs.*' data_at_b.log | head -n 1)" fact 4108 FSNamesystemState '"NumLiveDataNodes" : 0,'

eval 'kill "$pid_name_A"; wait "$pid_name_A"' || true
name_node A 4007 4008
until_true "NameNode A once more" fact 4008 NameNodeInfo '"BlockPoolId" : "BP-A"'
must "A starts again from its own edits" fact 4008 FSNamesystem '"FilesTotal" : 1[0-9],'
