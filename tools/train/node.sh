# node.sh : for sourcing after `unshare --mount --net --uts --pid`. A node without an agent: image, bundle and an overlay in the current
# mount namespace, all of it on a tmpfs that ends with the namespace.
# shellcheck shell=bash

blob() { # BLOBS NAME: path of the newest one of this name
  local digest
  digest=$(jq -er --arg name "$2" '[.bundles[] | select(.name == $name and .kind != "archive")] | last | .digest' "$1/index.json")
  echo "$1/$digest"
}

make_node() { # BLOBS: makes ./node in a new work folder and goes there
  mount --make-rprivate /
  work=$(mktemp -d)
  trap 'rmdir "$work" 2>/dev/null || true' EXIT
  trap 'echo "line $LINENO failed: $BASH_COMMAND" >&2; tail -n 5 "$work"/*.log >&2' ERR
  mount -t tmpfs -o size=4g tmpfs "$work"
  local tools
  tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
  cd "$work" || return
  mkdir image upper inner node
  mount -o loop,ro "$(blob "$1" node-image)" image
  mount -t overlay overlay -o "lowerdir=$PWD/image,upperdir=$PWD/upper,workdir=$PWD/inner" node
  mount -o loop,ro "$(blob "$1" hadoop)" node/opt/tusker/hadoop
  mount -t proc proc node/proc
  ip link set lo up
  hostname master-1
  mkdir -p node/etc/tusker/current
  "$tools/conf.sh" node/etc/tusker/current
  mkdir -p node/data/lists node/data/1 node/data/mr
  chmod 1777 node/data/lists node/data/mr
  chown 61101:61101 node/data/1
  install -d -o 61102 -g 61102 node/data/yarn
}

as() { # USER COMMAND…
  local user=$1
  shift
  ${in_place-} chroot node setpriv --reuid "$user" --regid "$user" --init-groups env -i PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 \
    HOME=/tmp JAVA_HOME=/usr/lib/jvm/default HADOOP_CONF_DIR=/etc/tusker/current TUSKER_JVM_ARGS=/etc/tusker/current/train.args "$@"
}

daemon() { # USER NAME MAIN ARGUMENTS…: in the background, pid in pid_NAME, output in NAME.log
  local user=$1 name=$2
  shift 2
  ( # the pid is to be java's, not that of a shell that waits for it
    trap - ERR
    in_place="exec"
    as "$user" /usr/lib/jvm/default/bin/java -Xmx300m "-Dproc_$name" @/etc/tusker/current/train.args "$@" >"$work/$name.log" 2>&1
  ) &
  eval "pid_$name=$!"
}

get() { curl -s -m 2 "http://127.0.0.1:$1"; }
jmx_has() { get "4008/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState" | grep -q "$1"; }

until_true() { # WHAT COMMAND…
  local what=$1
  shift
  for _ in $(seq 300); do
    if "$@"; then return 0; fi
    sleep 0.4
  done
  echo "gave up waiting for $what" >&2
  tail -n 5 "$work"/*.log >&2
  exit 1
}
