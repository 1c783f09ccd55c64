# The jobs of tools/bench/count_vs_floor, the same for tusker and for the floor. Sourced by who defines in_master, which runs a program
# on the cluster's master as its ordinary user.
# shellcheck shell=bash

count_with_spark='
import operator
from pyspark.sql import SparkSession
spark = SparkSession.builder.appName("word count").getOrCreate()
words = spark.read.text("words.txt").rdd.flatMap(lambda row: row.value.split())
words.map(lambda word: (word, 1)).reduceByKey(operator.add).map(lambda pair: "%s\t%d" % pair).saveAsTextFile("counted-by-spark")
'

seconds_of() { # COMMAND…: prints the seconds it takes; its output goes to $counting_log
  local began=$EPOCHREALTIME
  "$@" >>"$counting_log" 2>&1 </dev/null || {
    tail -n 20 "$counting_log" >&2
    return 1
  }
  awk -v began="$began" -v ended="$EPOCHREALTIME" 'BEGIN {printf "%.2f", ended - began}'
}

count_words() { # FOLDER with words.txt: prints mr_s=… spark_s=…
  local mr spark
  counting_log=$(mktemp)
  in_master hdfs dfs -put -f - words.txt <"$1/words.txt" >>"$counting_log" 2>&1
  in_master sh -c 'cat >/tmp/count.py' <<<"$count_with_spark"
  mr=$(seconds_of in_master hadoop jar /opt/tusker/hadoop/share/hadoop-mapreduce-examples.jar wordcount words.txt counted)
  spark=$(seconds_of in_master spark-submit /tmp/count.py)
  # What the two counted is the same, or the figures say nothing.
  cmp <(in_master hdfs dfs -cat 'counted/part-*' | LC_ALL=C sort) <(in_master hdfs dfs -cat 'counted-by-spark/part-*' | LC_ALL=C sort)
  in_master hdfs dfs -rm -r -skipTrash counted counted-by-spark >>"$counting_log" 2>&1
  rm -f "$counting_log"
  echo "mr_s=$mr spark_s=$spark"
}
