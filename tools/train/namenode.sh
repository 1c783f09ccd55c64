#!/bin/bash
# namenode.sh BLOBS [OUT] : makes the NameNode image that new clusters start from, components/hadoop/namenode/.
#
# A real NameNode, run in the node image as user hadoop, formats, creates the directories that a cluster is born with (components/hadoop/README.md
# has the table) and saves its name space. What is one cluster's own, VERSION's three ids, becomes a placeholder. Root only; needed when
# the layout version of HDFS or the table changes.
set -euE
root=$(cd "$(dirname "$0")/../.." && pwd)
if [ "${1-}" != --inside ]; then
  blobs=$(realpath "$1")
  out=$(realpath -m "${2:-$root/components/hadoop/namenode}")
  exec unshare --mount --net --uts --pid --fork --kill-child "$0" --inside "$blobs" "$out"
fi
blobs=$2 out=$3
. "$(dirname "$0")/node.sh"
make_node "$blobs"

echo "namenode: format and start"
as hadoop hdfs org.apache.hadoop.hdfs.server.namenode.NameNode -format -nonInteractive >format.log 2>&1
daemon hadoop namenode org.apache.hadoop.hdfs.server.namenode.NameNode
until_true "the NameNode" jmx_has '"FSState"'

cat >node/data/lists/make.sh <<'M'
set -e
fs="hadoop org.apache.hadoop.fs.FsShell"
grep -v '^#' /data/lists/directories | while read -r path owner mode; do
  hdfs dfs -mkdir -p "$path" </dev/null
  hdfs dfs -chown "$owner" "$path" </dev/null
  hdfs dfs -chmod "$mode" "$path" </dev/null
done
hdfs dfsadmin -safemode enter
hdfs dfsadmin -saveNamespace
hdfs dfs -ls -R /
M
sed -i '/^fs=/d' node/data/lists/make.sh
cp "$root/components/hadoop/namenode.directories" node/data/lists/directories
as hadoop bash /data/lists/make.sh 2>make.log || { cat make.log >&2; exit 1; }
eval 'kill "$pid_namenode"'
wait || true

current=node/data/1/name/current
image=$(cd $current && find . -name 'fsimage_*' ! -name '*.md5' | sort | tail -n 1)
image=${image#./}
rm -rf "$out"
mkdir -p "$out"
cp "$current/$image" "$current/$image.md5" "$out"
echo $((10#${image#fsimage_})) >"$out/seen_txid"
grep -v '^#' $current/VERSION | sort | sed -e 's/^clusterID=.*/clusterID={{cluster_id}}/' -e 's/^blockpoolID=.*/blockpoolID={{block_pool_id}}/' \
  -e 's/^namespaceID=.*/namespaceID={{namespace_id}}/' >"$out/VERSION"
chmod 0644 "$out"/*
ls -l "$out"
cat "$out/VERSION"
