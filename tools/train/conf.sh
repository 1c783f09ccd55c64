#!/bin/bash
# conf.sh DIR : a one-node configuration for train.sh, with everything switched on that a cluster of ours uses, so that its classes are seen.
set -eu
dir=$1
site() { # FILE NAME VALUE …
  local file=$dir/$1
  shift
  {
    echo '<?xml version="1.0"?><configuration>'
    while [ $# -gt 0 ]; do
      printf '<property><name>%s</name><value>%s</value></property>\n' "$1" "$2"
      shift 2
    done
    echo '</configuration>'
  } >"$file"
}
# shellcheck disable=SC2016  # Hadoop expands ${user.name}
site core-site.xml fs.defaultFS hdfs://master-1:4007 hadoop.tmp.dir '/data/mr/tmp-${user.name}' fs.trash.interval 1440 \
  ipc.client.connect.retry.interval 200 ipc.client.connect.max.retries 50 hadoop.http.staticuser.user dr.who \
  hadoop.security.group.mapping org.apache.hadoop.security.ShellBasedUnixGroupsMapping \
  net.topology.table.file.name /etc/tusker/current/topology.table \
  net.topology.node.switch.mapping.impl org.apache.hadoop.net.TableMapping
site hdfs-site.xml dfs.replication 1 dfs.namenode.name.dir file:///data/1/name dfs.datanode.data.dir file:///data/1/dn \
  dfs.namenode.checkpoint.dir file:///data/1/checkpoint dfs.namenode.safemode.extension 0 dfs.hosts.exclude /etc/tusker/current/dfs.exclude \
  dfs.namenode.http-address 0.0.0.0:4008 dfs.datanode.address 0.0.0.0:4001 dfs.datanode.http.address 0.0.0.0:4002 \
  dfs.datanode.ipc.address 0.0.0.0:4004 dfs.namenode.secondary.http-address 0.0.0.0:4010 dfs.permissions.superusergroup hadoop \
  dfs.datanode.synconclose true dfs.datanode.sync.behind.writes true
site yarn-site.xml yarn.resourcemanager.hostname master-1 yarn.resourcemanager.address master-1:5000 \
  yarn.resourcemanager.scheduler.address master-1:5001 yarn.resourcemanager.resource-tracker.address master-1:5002 \
  yarn.resourcemanager.webapp.address 0.0.0.0:5003 yarn.resourcemanager.admin.address master-1:5004 \
  yarn.nodemanager.address 0.0.0.0:5006 yarn.nodemanager.webapp.address 0.0.0.0:5008 yarn.nodemanager.localizer.address 0.0.0.0:5007 \
  yarn.nodemanager.aux-services mapreduce_shuffle yarn.nodemanager.local-dirs /data/yarn/local yarn.nodemanager.log-dirs /data/yarn/logs \
  yarn.nodemanager.resource.memory-mb 2048 yarn.nodemanager.resource.cpu-vcores 2 yarn.scheduler.minimum-allocation-mb 256 \
  yarn.resourcemanager.recovery.enabled true yarn.resourcemanager.fs.state-store.uri file:///data/yarn/state \
  yarn.resourcemanager.store.class org.apache.hadoop.yarn.server.resourcemanager.recovery.FileSystemRMStateStore \
  yarn.nodemanager.recovery.enabled true yarn.nodemanager.recovery.dir /data/yarn/recovery yarn.nodemanager.recovery.supervised true \
  yarn.resourcemanager.nodes.exclude-path /etc/tusker/current/yarn.exclude yarn.log-aggregation-enable true \
  yarn.nodemanager.remote-app-log-dir /app-logs yarn.log.server.url http://master-1:5024/jobhistory/logs \
  yarn.webapp.enable-rest-app-submissions false yarn.resourcemanager.nodemanagers.heartbeat-interval-ms 200 \
  yarn.nodemanager.env-whitelist JAVA_HOME,HADOOP_CONF_DIR yarn.application.classpath '/etc/tusker/current,/opt/tusker/hadoop/lib/*' \
  yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage 99
site mapred-site.xml mapreduce.framework.name yarn mapreduce.application.classpath '/etc/tusker/current,/opt/tusker/hadoop/lib/*' \
  mapreduce.jobhistory.address master-1:5022 mapreduce.jobhistory.webapp.address 0.0.0.0:5024 \
  mapreduce.jobhistory.intermediate-done-dir /mr-history/tmp mapreduce.jobhistory.done-dir /mr-history/done \
  yarn.app.mapreduce.am.staging-dir /user yarn.app.mapreduce.am.resource.mb 512 mapreduce.map.memory.mb 512 mapreduce.reduce.memory.mb 512 \
  mapreduce.task.io.sort.mb 64
site capacity-scheduler.xml yarn.scheduler.capacity.root.queues default yarn.scheduler.capacity.root.default.capacity 100 \
  yarn.scheduler.capacity.maximum-am-resource-percent 0.5
touch "$dir/dfs.exclude" "$dir/yarn.exclude" "$dir/topology.table"
printf '127.0.0.1 master-1 localhost\n' >"$dir/hosts"
cat >"$dir/log4j.properties" <<'L'
log4j.rootLogger=INFO,console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.err
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%d{ISO8601} %p %c{2}: %m%n
L
jars=$(cd "$dir/../../../opt/tusker/hadoop/lib" && printf '/opt/tusker/hadoop/lib/%s:' *.jar)
flags='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dlog4j.configuration=file:/etc/tusker/current/log4j.properties
--add-opens=java.base/java.lang=ALL-UNNAMED -XX:DumpLoadedClassList=/data/lists/%p.lst'
printf '%s\n-cp "%s/etc/tusker/current:/opt/tusker/hadoop/web"\n' "$flags" "$jars" >"$dir/train.args"
printf '%s\n-cp "%s/etc/tusker/current:/opt/tusker/hadoop/web:.:job.jar/job.jar:job.jar/classes:job.jar/lib/*:./*"\n' "$flags" "$jars" >"$dir/train-mr.args"
