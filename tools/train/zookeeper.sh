#!/bin/bash
# zookeeper.sh BLOBS [OUT] : records which classes ZooKeeper's server and its command line load, for the class-data-sharing archive.
#
# As train.sh: one server in the node image, with the bundle where nodes have it. Writes the union of what was loaded, in the order of
# loading, to OUT (components/zookeeper/classes.lst). Root only. Needed when the ZooKeeper version or the JVM's major version changes;
# users never run it.
set -euE
root=$(cd "$(dirname "$0")/../.." && pwd)
if [ "${1-}" != --inside ]; then
  blobs=$(realpath "$1")
  out=$(realpath -m "${2:-$root/components/zookeeper/classes.lst}")
  exec unshare --mount --net --uts --pid --fork --kill-child "$0" --inside "$blobs" "$out"
fi
blobs=$2 out=$3
. "$(dirname "$0")/node.sh"
make_node "$blobs"
mkdir -p node/opt/tusker/zookeeper
mount -o loop,ro "$(blob "$blobs" zookeeper)" node/opt/tusker/zookeeper
conf=node/etc/tusker/current
install -d -o 61105 -g 61105 node/data/zookeeper
printf '%s\n' tickTime=2000 dataDir=/data/zookeeper clientPort=2181 autopurge.purgeInterval=1 admin.enableServer=false \
  4lw.commands.whitelist=conf,cons,envi,isro,mntr,ruok,srvr,stat >$conf/zoo.cfg
echo zookeeper.connect=127.0.0.1:2181 >$conf/zookeeper-client.properties
printf 'org.slf4j.simpleLogger.%s\n' defaultLogLevel=info showDateTime=true 'dateTimeFormat=yyyy-MM-dd HH:mm:ss,SSS' >$conf/simplelogger.properties
jars=$(cd node/opt/tusker/zookeeper/lib && printf '/opt/tusker/zookeeper/lib/%s:' *.jar)
printf '%s\n-cp "%s/etc/tusker/current"\n' \
  '-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:DumpLoadedClassList=/data/lists/zookeeper-%p.lst' "$jars" >$conf/train.args

say() { exec 3<>/dev/tcp/127.0.0.1/2181 && printf %s "$1" >&3 && cat <&3; } 2>/dev/null
serves() { (say mntr) | grep -q zk_server_state; }
zk() { as tusker /opt/tusker/zookeeper/bin/zkCli.sh "$@"; }

daemon zookeeper zookeeper org.apache.zookeeper.server.quorum.QuorumPeerMain /etc/tusker/current/zoo.cfg
until_true "ZooKeeper" serves

echo "train: commands, figures, a prompt"
zk create /a one >create.log 2>&1
zk create -e /b two >>create.log 2>&1
for word in conf cons envi isro mntr ruok srvr stat; do (say "$word") >/dev/null; done
zk get -s /a 2>get.log | head -n 1
printf '%s\n' 'ls -R /' 'stat /a' 'set /a two' 'create -s /c- x' 'get -w /a' 'addauth digest u:p' 'getAcl /a' 'delete /a' quit | zk >prompt.log 2>&1

echo "train: stopping"
# shellcheck disable=SC2154 # daemon() sets it
kill "$pid_zookeeper"
wait || true

cd node/data/lists
cat zookeeper-*.lst | grep -v '^#' | awk '!seen[$0]++' >"$work/classes.lst"
echo "train: $(find . -name 'zookeeper-*.lst' | wc -l) processes, $(wc -l <"$work/classes.lst") lines"
cp "$work/classes.lst" "$out"
