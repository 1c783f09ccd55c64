#!/usr/bin/env bash
# Asks the cluster's Spark in SQL for the most frequent words of the text that wordcount.sh counted, and checks the answer.
#   tools/quickstart/sql.sh TUSKER DATA CLUSTER FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

tusker=$1 data=$2 cluster=$3 folder=$4

# At the characters at which wordcount.sh splits; \\ is a backslash in Spark's texts.
query="SELECT word, count(*) AS times
  FROM (SELECT explode(split(value, '[ \\\\t\\\\r\\\\f]+')) AS word FROM text.\`words.txt\`)
 WHERE word <> ''
 GROUP BY word ORDER BY times DESC, word LIMIT 8"

ask() {
  "$tusker" sql --data "$data" "$cluster" -e "$query" >"$folder/asked.tsv.new"
  mv "$folder/asked.tsv.new" "$folder/asked.tsv"
}

if [ "${5:-}" = ask ]; then
  ask
  exit
fi

say "$query"
say ""
begun=$SECONDS
begin 'ask in SQL' "$folder/ask.log" '' bash "$0" "$tusker" "$data" "$cluster" "$folder" ask
wait_for 'ask in SQL'
LC_ALL=C sort -t "$(printf '\t')" -k 2,2nr -k 1,1 "$folder/counted.tsv" | sed -n '1,8p' >"$folder/most_frequent.tsv"
if ! cmp "$folder/most_frequent.tsv" "$folder/asked.tsv"; then
  fail "Spark answered otherwise than MapReduce counted; compare $folder/asked.tsv and $folder/most_frequent.tsv"
fi
say "Spark's answer, the same as MapReduce's, in $((SECONDS - begun)) s:"
awk -F '\t' '{ printf "  %9d  %s\n", $2, $1 }' "$folder/asked.tsv"
