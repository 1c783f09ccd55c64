# Shared by tools/package/build: which Debian packages the carried files come from, and under which terms. Sourced, not run.
# shellcheck shell=bash

# The Debian package that a file belongs to. On merged systems a library is known by either of its two names.
package_of() {
  local path name
  path=$(readlink -f "$1")
  for name in "$path" "${path#/usr}" "$1" "/usr$1"; do
    if dpkg-query -S "$name" 2>/dev/null | cut -d : -f 1; then return; fi
  done
  echo "error: no Debian package has $1" >&2
  return 1
}

carried_list() { echo "${root:?}/../carried.tsv"; }

# note_carried PATH PLACE: a file that is copied into the package.
note_carried() {
  local package
  package=$(package_of "$1")
  printf '%s\t%s\t%s\n' "$(dpkg-query -W -f '${source:Package}\t${source:Version}' "$package")" "$package" "$2" >>"$(carried_list)"
}

# What is linked into the program: libraries that are only headers or archives to us.
linked_packages() {
  sed -n 's/^\(lib.*-dev\)$/\1/p' tools/setup/packages-build.txt | grep -v -x libgtest-dev
  dpkg-query -S "$(g++ -print-file-name=libstdc++.a)" | cut -d : -f 1
}

# The file with a package's terms; libboost1.81-dev links to that of another package.
terms_of() {
  cat "/usr/share/doc/$1/copyright"
}

write_copyright() {
  local package
  for package in $(linked_packages); do
    printf '%s\t%s\t%s\n' "$(dpkg-query -W -f '${source:Package}\t${source:Version}' "$package")" "$package" usr/bin/tusker >>"$(carried_list)"
  done
  cat <<'END'
Tusker is licensed under the Apache License 2.0; on Debian systems its text is in /usr/share/common-licenses/Apache-2.0.

This package also carries unchanged files of the Debian packages below (only the folder in which programs look for their
libraries was set), and usr/bin/tusker contains libraries of some. Debian keeps the source of each under the name and version
that stands here; the terms of each follow. What nodes run is in usr/share/tusker/blobs: node-image-packages.tsv beside this file
names the Debian packages of the node image, and each jar and Python archive in the component bundles has its own terms in itself.

END
  local source version
  while IFS=$'\t' read -r source version; do
    printf '  %s %s:\n' "$source" "$version"
    awk -F '\t' -v source="$source" '$1 == source { print "    " $4 }' "$(carried_list)" | LC_ALL=C sort -u
  done < <(cut -f 1,2 "$(carried_list)" | LC_ALL=C sort -u)
  while IFS=$'\t' read -r source version package; do
    printf '\n==== %s %s\n\n' "$source" "$version"
    terms_of "$package"
  done < <(cut -f 1,2,3 "$(carried_list)" | LC_ALL=C sort -u -t $'\t' -k 1,2)
}

# name, version, source package and its version of each package in the node image of a blob folder.
write_image_packages() {
  local digest
  digest=$(python3 -c 'import json, sys
print([one["digest"] for one in json.load(open(sys.argv[1]))["bundles"] if one["kind"] == "image"][-1])' "$1/index.json")
  unsquashfs -cat "$1/$digest" var/lib/dpkg/status | awk -v RS= -F '\n' '{
    name = version = source = ""
    for (i = 1; i <= NF; i++) {
      if (sub(/^Package: /, "", $i)) name = $i
      else if (sub(/^Version: /, "", $i)) version = $i
      else if (sub(/^Source: /, "", $i)) source = $i
    }
    source_version = version
    if (match(source, / \(.*\)$/)) { source_version = substr(source, RSTART + 2, RLENGTH - 3); source = substr(source, 1, RSTART - 1) }
    print name "\t" version "\t" (source == "" ? name : source) "\t" source_version
  }' | LC_ALL=C sort
}
