#!/bin/sh
# lock.sh COMPONENT : writes components/COMPONENT/bundle.lock from what Maven resolves now for its pom.xml; or
# lock.sh COMPONENT NAME==VERSION : from the source archive that Python's registry has of this package.
# For whoever changes a version: review the difference before committing it; users' builds refuse whatever is not in it.
set -eu
export LC_ALL=C # one order everywhere
root=$(cd "$(dirname "$0")/../.." && pwd)
component=$root/components/$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

if [ -n "${2-}" ]; then
  pip3 download --quiet --no-deps --no-binary=:all: --no-build-isolation --dest="$work" "$2"
  archive=$(find "$work" -name '*.tar.gz')
  {
    echo '# SHA-256, bytes and coordinates of the one archive that this bundle is made of; tools/train/lock.sh wrote it.'
    printf '%s %s %s\n' "$(sha256sum "$archive" | cut -d' ' -f1)" "$(stat -c %s "$archive")" "$2"
  } >"$component/bundle.lock"
  cat "$component/bundle.lock"
  exit 0
fi

mvn -B -q -f "$component/pom.xml" package -Dtusker.out="$work/out" -Dtusker.layout=true

row() { # FILE COORDINATES
  printf '%s %s %s\n' "$(sha256sum "$1" | cut -d' ' -f1)" "$(stat -c %s "$1")" "$2"
}

# Folders are group/artifact/version/file; what the file's name has beyond artifact-version is its classifier.
(cd "$work/out/lib" && find . -name '*.jar') | sort | while read -r path; do
  path=${path#./}
  file=${path##*/}; folder=${path%/*}
  version=${folder##*/}; folder=${folder%/*}
  artifact=${folder##*/}; group=$(echo "${folder%/*}" | tr / .)
  classifier=${file#"$artifact-$version"}; classifier=${classifier%.jar}; classifier=${classifier#-}
  row "$work/out/lib/$path" "$group:$artifact:jar:${classifier:+$classifier:}$version"
done >"$work/rows"

# Those beside the class path have their coordinates in bundle.yaml, quoted.
grep -o '^ *"[^"]*:jar:[^"]*":' "$component/bundle.yaml" | tr -d '" ' | sed 's/:$//' | while read -r coordinates; do
  name=$(echo "$coordinates" | awk -F: '{ print NF == 5 ? $2 "-" $5 "-" $4 ".jar" : $2 "-" $4 ".jar" }')
  row "$work/out/extra/$name" "$coordinates"
done >>"$work/rows"

twice=$(awk '{ print $3 }' "$work/rows" | awk -F: '{ print NF == 5 ? $2 "-" $5 "-" $4 : $2 "-" $4 }' | sort | uniq -d)
[ -z "$twice" ] || { echo "two artefacts of one file name, which one folder cannot hold: $twice" >&2; exit 1; }
{
  echo '# SHA-256, bytes and coordinates of every file of this bundle; tools/train/lock.sh wrote it. Sorted by coordinates.'
  sort -k3 "$work/rows"
} >"$component/bundle.lock"
echo "$(grep -vc '^#' "$component/bundle.lock") artefacts in $component/bundle.lock"
