#!/usr/bin/env bash
# The least that creating 1 + 2 nodes with HDFS and YARN can cost: tools/bench/floor.sh [BLOBS [grow | count FOLDER]]
# With grow: one core node more, from its first action until HDFS and YARN have it, in a cluster that was told of it before.
# With count: the jobs of tools/bench/count_vs_floor over FOLDER/words.txt in a cluster with Spark, ready before; prints mr_s=… spark_s=….
#
# The cluster that tools/bench/create_vs_floor asks tusker for, started by nothing but ip, mount and runc. Image, bundles, archive,
# configuration, command lines, users and limits are the product's: floor_plan asks its planner. What tusker does beyond that is not
# here: file systems of the nodes' own (data is a plain folder), firewall, seccomp, s6-log, probes. SecondaryNameNode and
# JobHistoryServer, which the server holds back until HDFS is up, are not started: being ready does not need them. Prints
#   wall_s=6.22 cpu_s=11.40 start_s=0.31 helpers_s=0.12
# from the first action on a node to ready (ready.py), with the CPU of nodes and helpers. Not counted: images mounted and read once,
# as they are on a host that made nodes before; planning and writing files, because this is a floor.
# All of it lives and ends in namespaces of its own. Needs root and a release build with the bench tools.
set -euo pipefail
cd "$(dirname "$0")/../.."

# ---- outside: what does not end with the namespaces
if [ "${1-}" != --inside ]; then
  blobs=$(realpath "${1:-build/blobs}")
  work=$(mktemp -d /var/tmp/tkfloor.XXXXXX)
  cgroup=tkfloor-$$ inside=
  cgroup_is_gone() {
    find /sys/fs/cgroup -depth -type d -path "*/$cgroup*" -exec rmdir {} + 2>/dev/null
    [ -z "$(find /sys/fs/cgroup -maxdepth 2 -name "$cgroup")" ]
  }
  cleanup() {
    kill -KILL "$inside" 2>/dev/null || true
    wait "$inside" 2>/dev/null || true
    for _ in {1..100}; do
      cgroup_is_gone && break
      sleep 0.1
    done
    rm -rf --one-file-system "$work"
  }
  trap cleanup EXIT
  unshare --mount --net --pid --fork --kill-child --mount-proc "$0" --inside "$blobs" "$work" "$cgroup" "${@:2}" &
  inside=$!
  wait "$inside"
  exit
fi

# ---- inside
blobs=$2 work=$3 cgroup=$4 mode=${5-} words=${6-} core=2 software=()
[ "$mode" != grow ] || core=3
[ "$mode" != count ] || software=(4096 hdfs-3.5.0 yarn-3.5.0 spark-4.1.4)
mount -t tmpfs tmpfs /run # for runc and ip netns

# User and system time, in ticks, of this shell and of what it waited for.
own_ticks() { awk '{sub(/.*\) /, ""); print $12 + $13 + $14 + $15}' "/proc/$$/stat"; }
nodes_ns() {
  cat "/sys/fs/cgroup/cpuacct/$cgroup/cpuacct.usage" 2>/dev/null ||
    awk '/usage_usec/ {print $2 * 1000}' "/sys/fs/cgroup/$cgroup/cpu.stat"
}

mount_and_read_artifacts() {
  local kind digest
  jq -r '[.nodes[] | .image, .mounts[].digest] as $used | .artifacts[] | select(.digest | IN($used[])) | "\(.kind) \(.digest)"' \
    "$work/desired.json" | while read -r kind digest; do
    if [ "$kind" = SQUASHFS ]; then
      mkdir -p "$work/mounts/$digest"
      mount -o loop,ro,nodev "$blobs/$digest" "$work/mounts/$digest"
    else
      cat "$blobs/$digest" >/dev/null
    fi
  done
  find "$work/mounts" -type f -exec cat {} + >/dev/null
}

network() { # commands for ip
  local name address
  echo "link add tkfloor0 type bridge"
  echo "address add 10.230.77.1/26 dev tkfloor0"
  echo "link set tkfloor0 up"
  while read -r name address; do
    echo "netns add $name"
    echo "link add $name type veth peer name eth0 netns $name"
    echo "link set $name master tkfloor0 up"
  done <"$work/addresses"
}

start_node() { # NAME ADDRESS
  local node=$work/nodes/$1
  printf 'link set lo up\naddress add %s/26 dev eth0\nlink set eth0 up\n' "$2" | ip -netns "$1" -batch -
  mount -t overlay overlay -o "lowerdir=$node/image,upperdir=$node/upper,workdir=$node/work" "$node/root"
  runc --root /run/runc run --detach --bundle "$node" "$1" </dev/null >"$node/log/runc.log" 2>&1
}

"${TUSKER_BUILD:-build/release}/tools/bench/floor_plan" "$blobs" "$core" "${software[@]}" >"$work/desired.json"
mount_and_read_artifacts
(cd "$work" && runc spec)
python3 tools/bench/floor_nodes.py "$work" "$blobs" "/$cgroup" "$mode" <"$work/desired.json" >"$work/addresses"
master=$(awk '$1 == "master-1" {print $2}' "$work/addresses")

ticks=$(own_ticks) began=$EPOCHREALTIME
network | ip -batch -
starting=()
while read -r name address; do
  [ "$name" = core-3 ] && continue
  start_node "$name" "$address" &
  starting+=($!)
done <"$work/addresses"
for pid in "${starting[@]}"; do wait "$pid"; done
started=$EPOCHREALTIME ticks=$(($(own_ticks) - ticks))

ready=$(python3 tools/bench/ready.py "$master") || {
  tail -n 5 "$work"/nodes/*/log/* >&2
  exit 1
}
if [ "$core" = 3 ]; then
  ticks=$(own_ticks) began=$EPOCHREALTIME
  start_node core-3 "$(awk '$1 == "core-3" {print $2}' "$work/addresses")"
  started=$EPOCHREALTIME ticks=$(($(own_ticks) - ticks))
  ready=$(python3 tools/bench/ready.py "$master" 3) || {
    tail -n 5 "$work"/nodes/core-3/log/* >&2
    exit 1
  }
fi
if [ "$mode" = count ]; then
  rootfs=$work/nodes/master-1/root
  user=$(awk -F: '$1 == "tusker" {print $3 ":" $4}' "$rootfs/etc/passwd")
  mapfile -t environment < <(jq -r '.nodes[] | select(.hostname | startswith("master-1")) | .environment | to_entries[] | "--env=\(.key)=\(.value)"' "$work/desired.json")
  in_master() { runc --root /run/runc exec --user "$user" --cwd /tmp "${environment[@]}" --env=HOME=/home/tusker --env=USER=tusker master-1 "$@"; }
  # shellcheck source-path=SCRIPTDIR source=counting.sh
  . tools/bench/counting.sh
  count_words "$words"
  exit
fi
awk -v began="$began" -v started="$started" -v ready="$ready" -v nodes="$(nodes_ns)" -v ticks="$ticks" -v hz="$(getconf CLK_TCK)" 'BEGIN {
  printf "wall_s=%.2f cpu_s=%.2f start_s=%.2f helpers_s=%.2f\n", ready - began, nodes / 1e9 + ticks / hz, started - began, ticks / hz
}'
