#!/usr/bin/env bash
# Counts the words of about 60 MB of text on a cluster with MapReduce, and checks the result with coreutils.
#   tools/quickstart/wordcount.sh TUSKER DATA CLUSTER FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

tusker=$1 data=$2 cluster=$3 folder=$4
target_bytes=60000000
examples=/opt/tusker/hadoop/share/hadoop-mapreduce-examples.jar
mkdir -p "$folder"

in_cluster() { "$tusker" run --data "$data" "$cluster" -- "$@"; }

# The licences that every Debian has, as often as it takes. Links are left out: they would count twice.
make_text() {
  local unit=$folder/unit.txt times
  find /usr/share/common-licenses -type f -print0 | LC_ALL=C sort -z | xargs -0 cat >"$unit"
  times=$((target_bytes / $(wc -c <"$unit") + 1))
  for ((i = 0; i < times; i++)); do printf '%s\0' "$unit"; done | xargs -0 cat >"$folder/words.txt.new"
  mv "$folder/words.txt.new" "$folder/words.txt"
}

# What Hadoop's example does, by other means: Java's StringTokenizer splits at space, tab, line feed, carriage return and form
# feed, and the shuffle sorts by bytes.
count_with_coreutils() {
  export LC_ALL=C
  tr -s ' \t\n\r\f' '\n' <"$folder/words.txt" | sed '/^$/d' | sort -S 128M -T "$folder" | uniq -c |
    sed -E 's/^ *([0-9]+) (.*)$/\2\t\1/' >"$folder/expected.new"
  mv "$folder/expected.new" "$folder/expected.tsv"
}

# What was counted of another text goes first: whoever stops here must not find it, once this text is there.
copy_in() {
  in_cluster sh -c 'hdfs dfs -rm -r -f -skipTrash counted </dev/null && exec hdfs dfs -put -f - words.txt' <"$folder/words.txt"
}

# What an earlier run left in HDFS: the text's size, and the name of the file that a job writes when it is whole.
look_into_hdfs() {
  in_cluster hdfs dfs -stat '%b %n' words.txt counted/_SUCCESS >"$folder/in_hdfs" || true
}

is_copied() { grep -qx "$(wc -c <"$folder/words.txt") words.txt" "$folder/in_hdfs"; }
is_counted() { grep -qx '0 _SUCCESS' "$folder/in_hdfs"; }

count_on_cluster() {
  in_cluster sh -c "hdfs dfs -rm -r -f -skipTrash counted && exec hadoop jar $examples wordcount words.txt counted"
}

copy_out() {
  in_cluster hdfs dfs -cat 'counted/part-r-*' >"$folder/counted.tsv.new"
  mv "$folder/counted.tsv.new" "$folder/counted.tsv"
}

case ${5:-} in
  '') ;;
  *)
    # Called by ourselves, in the background.
    "$5"
    exit
    ;;
esac

background() {
  local name=$1 function=$2
  begin "$name" "$folder/$function.log" '' bash "$0" "$tusker" "$data" "$cluster" "$folder" "$function"
}

started=$SECONDS
if [ ! -s "$folder/words.txt" ]; then
  background 'write the text' make_text
  wait_for 'write the text'
fi
say "The text: $(mb "$(wc -c <"$folder/words.txt")"), the licences of /usr/share/common-licenses again and again."
background 'look into HDFS' look_into_hdfs
wait_for 'look into HDFS'
if is_copied; then
  say "It is in HDFS already."
else
  background 'copy it into HDFS' copy_in
  wait_for 'copy it into HDFS'
  : >"$folder/in_hdfs" # copying removed what was counted
fi

if is_counted; then
  say "MapReduce counted it before. To see it count again: sudo $tusker run --data $data $cluster -- hdfs dfs -rm -r counted"
else
  begun=$SECONDS
  background 'count on the cluster' count_on_cluster
  wait_for 'count on the cluster'
  say "MapReduce took $((SECONDS - begun)) s."
fi
background 'copy the result out' copy_out
if [ ! -s "$folder/expected.tsv" ]; then
  background 'count with coreutils' count_with_coreutils
  wait_for 'count with coreutils'
fi
wait_for 'copy the result out'

if ! cmp "$folder/expected.tsv" "$folder/counted.tsv"; then
  fail "the cluster counted otherwise than coreutils; compare $folder/expected.tsv and $folder/counted.tsv"
fi
say ""
say "Equal, word for word, to what tr, sort and uniq count: $(wc -l <"$folder/counted.tsv") words in $((SECONDS - started)) s. The most frequent:"
sort -t "$(printf '\t')" -k 2,2nr "$folder/counted.tsv" | sed -n '1,8p' | awk -F '\t' '{ printf "  %9d  %s\n", $2, $1 }'
