#!/bin/sh
# zkCli.sh: ZooKeeper's command line, of the name that its users know. Without -server it asks the cluster's own ZooKeeper, on whatever
# node it runs. Standard input, output, signals and the exit code are Java's.
#
# TUSKER_JVM_ARGS names another file of JVM arguments (class path included).
conf=/etc/tusker/current
args=${TUSKER_JVM_ARGS:-$conf/zookeeper-client.args}
if [ ! -r "$args" ]; then
  echo "ERROR: zkCli.sh: cannot read $args: this cluster has no ZooKeeper, or no configuration yet." >&2
  exit 1
fi

# Of two -server the later one counts, so one that is given stands.
server=$(sed -n 's/^zookeeper\.connect=//p' "$conf/zookeeper-client.properties")
exec "${JAVA_HOME:-/usr/lib/jvm/default}/bin/java" "@$args" org.apache.zookeeper.ZooKeeperMain -server "$server" "$@"
