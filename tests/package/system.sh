# Bare Debian systems to install the package on. Sourced by programs that run in the source folder and set `work`, where the systems
# are kept.
# shellcheck shell=bash disable=SC2154

# A root file system of Debian's smallest variant, as on the day it was fetched.
ensure_system() {
  local tar=$work/$1.tar
  if [ -s "$tar" ]; then return; fi
  mkdir -p "$work"
  echo "$1: fetching a bare system"
  # In namespaces, so that one that is interrupted leaves no mounts.
  unshare --mount --propagation private --pid --fork --kill-child --mount-proc \
    mmdebstrap --quiet --mode=root --variant=minbase --format=tar "$1" "$tar.part" && mv "$tar.part" "$tar"
}

# make_disk SUITE: prints its path. What is written there is gone with one file, and never flushed to this machine's disk piece by
# piece.
make_disk() {
  local disk=$work/$1.disk
  rm -f "$disk"
  truncate -s 48G "$disk"
  mkfs.ext4 -q -F -E nodiscard "$disk"
  echo "$disk"
}

# enter_system DISK SUITE PACKAGE PROGRAM: runs PROGRAM in that system, which has a network of its own with nobody in it. In place of
# the shell that calls it, so that killing that one ends all of it.
enter_system() {
  exec unshare --mount --propagation private --net --uts --ipc --pid --fork --kill-child \
    tests/package/enter "$1" "$work/$2.tar" "$3" "$4"
}
