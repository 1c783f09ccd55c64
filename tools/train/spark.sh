#!/bin/bash
# spark.sh BLOBS [OUT] : records which classes Spark's daemons, drivers and executors load, for the class-data-sharing archive.
#
# As train.sh, with the Spark bundle beside Hadoop's: one HDFS and YARN, the history and the metastore, SQL, a shell and PySpark on YARN.
# Writes the union of what was loaded, in the order of loading, to OUT (components/spark/classes.lst). Root only. Needed when the Spark
# version or the JVM's major version changes; users never run it.
set -euE
root=$(cd "$(dirname "$0")/../.." && pwd)
if [ "${1-}" != --inside ]; then
  blobs=$(realpath "$1")
  out=$(realpath -m "${2:-$root/components/spark/classes.lst}")
  exec unshare --mount --net --uts --pid --fork --kill-child "$0" --inside "$blobs" "$out"
fi
blobs=$2 out=$3
. "$(dirname "$0")/node.sh"
make_node "$blobs"
mount -o loop,ro "$(blob "$blobs" spark)" node/opt/tusker/spark
conf=node/etc/tusker/current
install -d -o 61104 -g 61104 node/data/spark

cat >$conf/spark-defaults.conf <<'C'
spark.master=yarn
spark.yarn.jars=local:/opt/tusker/spark/jars/*
spark.eventLog.enabled=true
spark.eventLog.dir=hdfs://master-1:4007/spark-history
spark.eventLog.compress=true
spark.history.fs.logDirectory=hdfs://master-1:4007/spark-history
spark.history.ui.port=10000
spark.yarn.historyServer.address=master-1:10000
spark.sql.catalogImplementation=hive
spark.sql.warehouse.dir=hdfs://master-1:4007/user/hive/warehouse
spark.driver.memory=512m
spark.executor.memory=512m
spark.yarn.am.memory=256m
spark.dynamicAllocation.enabled=true
spark.dynamicAllocation.shuffleTracking.enabled=true
spark.dynamicAllocation.initialExecutors=1
spark.sql.shuffle.partitions=4
spark.driver.defaultJavaOptions=@/etc/tusker/current/spark-executor.args
spark.executor.defaultJavaOptions=@/etc/tusker/current/spark-executor.args
spark.yarn.am.extraJavaOptions=@/etc/tusker/current/spark-executor.args
C
{
  echo '<?xml version="1.0"?><configuration>'
  while read -r name value; do echo "<property><name>$name</name><value>$value</value></property>"; done <<'C'
hive.metastore.uris thrift://master-1:7004
hive.metastore.warehouse.dir hdfs://master-1:4007/user/hive/warehouse
javax.jdo.option.ConnectionURL jdbc:derby:;databaseName=/data/spark/metastore;create=true
javax.jdo.option.ConnectionDriverName org.apache.derby.jdbc.EmbeddedDriver
datanucleus.schema.autoCreateAll true
hive.metastore.schema.verification false
hive.async.log.enabled false
hive.log4j.file /etc/tusker/current/metastore-log4j2.properties
C
  echo '</configuration>'
} >$conf/hive-site.xml
cat >$conf/metastore-log4j2.properties <<'C'
appender.console.type=Console
appender.console.name=console
appender.console.target=SYSTEM_ERR
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d{ISO8601} %p %c{2}: %m%n
rootLogger.level=warn
rootLogger.appenderRef.console.ref=console
C
jars=$(cd node/opt/tusker/spark/jars && printf '/opt/tusker/spark/jars/%s:' *.jar)
opens=$(sed -n 's/^ *"\(java\|jdk\|sun\)\.\([a-z.]*\)",\?}\?.*/--add-opens=java.base\/\1.\2=ALL-UNNAMED/p' "$root/src/plan/java.cc")
record='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:DumpLoadedClassList=/data/lists/spark-%p.lst'
printf '%s\n%s\n-cp "%s/etc/tusker/current"\n' "$record" "$opens" "$jars" >$conf/spark.args
printf '%s\n-cp "%s/etc/tusker/current"\n' "$record" "$jars" >$conf/spark-driver.args
printf '%s\n-cp "%s__spark_conf__:.:__spark_conf__/__hadoop_conf__:/etc/tusker/current"\n' "$record" "$jars" >$conf/spark-executor.args

nodes_active() { get 5003/ws/v1/cluster/metrics | grep -q '"activeNodes":1,'; }
history_up() { get 10000/api/v1/version | grep -q spark; }
metastore_up() { (echo >/dev/tcp/127.0.0.1/7004) 2>/dev/null; }
spark_daemon() { # NAME MAIN ARGUMENTS…: as daemon() of node.sh, from Spark's jars
  local name=$1
  shift
  (
    trap - ERR
    in_place="exec"
    as spark env SPARK_HOME=/opt/tusker/spark SPARK_CONF_DIR=/etc/tusker/current /usr/lib/jvm/default/bin/java -Xmx300m \
      @/etc/tusker/current/spark.args "$@" >"$work/$name.log" 2>&1
  ) &
  eval "pid_$name=$!"
}
# The launcher's JVM would record too, into nothing of interest; and its class path is not ours.
spark() { as tusker "$@"; }

echo "train: formatting, starting daemons"
as hadoop hdfs org.apache.hadoop.hdfs.server.namenode.NameNode -format -nonInteractive >format.log 2>&1
daemon hadoop namenode org.apache.hadoop.hdfs.server.namenode.NameNode
daemon hadoop datanode org.apache.hadoop.hdfs.server.datanode.DataNode
daemon yarn resourcemanager org.apache.hadoop.yarn.server.resourcemanager.ResourceManager
daemon yarn nodemanager org.apache.hadoop.yarn.server.nodemanager.NodeManager
until_true "NameNode out of safe mode" jmx_has '"FSState" : "Operational"'
until_true "one live DataNode" jmx_has '"NumLiveDataNodes" : 1,'
until_true "one active NodeManager" nodes_active
as hadoop hdfs dfs -mkdir -p /tmp /app-logs /spark-history /user/hive/warehouse /user/tusker
as hadoop hdfs dfs -chmod 1777 /tmp /app-logs /spark-history /user/hive/warehouse
as hadoop hdfs dfs -chown spark:spark /spark-history /user/hive/warehouse
as hadoop hdfs dfs -chown tusker:tusker /user/tusker
spark_daemon metastore org.apache.hadoop.hive.metastore.HiveMetaStore -p 7004
until_true "the metastore" metastore_up
spark_daemon history org.apache.spark.deploy.history.HistoryServer
until_true "the history" history_up

echo "train: SQL, a shell, PySpark, a cluster-mode application"
spark spark-sql -e "CREATE TABLE words (word STRING, n INT); INSERT INTO words VALUES ('a', 1), ('b', 2), ('a', 3);
  SELECT word, sum(n) AS total FROM words GROUP BY word ORDER BY total; SHOW TABLES; DESCRIBE EXTENDED words;
  CREATE TABLE files USING parquet AS SELECT * FROM words; SELECT count(*) FROM files JOIN words USING (word)" >sql.log 2>&1
cat sql.log | tail -n 5
cat >node/data/lists/count.py <<'P'
from operator import add

from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("count").getOrCreate()
words = spark.sparkContext.textFile("/user/tusker/words").flatMap(str.split).map(lambda word: (word, 1)).reduceByKey(add)
words.saveAsTextFile("/user/tusker/counts")
print(sorted(words.collect())[:3], spark.table("words").groupBy("word").count().collect())
spark.stop()
P
as tusker hdfs dfs -put /etc/tusker/current/hdfs-site.xml /user/tusker/words
spark spark-submit /data/lists/count.py >python.log 2>&1
tail -n 3 python.log
as tusker hdfs dfs -rm -r -skipTrash /user/tusker/counts >/dev/null 2>&1
spark spark-submit --deploy-mode cluster /data/lists/count.py >cluster.log 2>&1
echo 'println(spark.range(1000).selectExpr("sum(id)").first)' | spark spark-shell >shell.log 2>&1
grep -a 'sum\|\[' shell.log | tail -n 2
for page in / '/api/v1/applications' '/api/v1/applications?status=completed&limit=10'; do get "10000$page" >/dev/null || true; done
application=$(get 10000/api/v1/applications | grep -o 'application_[0-9_]*' | head -n 1)
for page in jobs stages executors environment SQL; do get "10000/history/$application/$page/" >/dev/null || true; done

echo "train: stopping"
for name in history metastore nodemanager datanode resourcemanager namenode; do eval "kill \"\$pid_$name\"" 2>/dev/null || true; done
wait || true

cd node/data/lists
cat spark-*.lst | grep -v '^#' | awk '!seen[$0]++' >"$work/classes.lst"
echo "train: $(find . -name 'spark-*.lst' | wc -l) processes, $(wc -l <"$work/classes.lst") lines"
cp "$work/classes.lst" "$out"
