#!/usr/bin/env bash
# demo.sh - sets up, builds and runs the main job on the demo subject that ships with orator.
#
#     tools/demo.sh [OUT]       results go to the folder OUT, by default demo-out in the checkout
set -euo pipefail

case ${1:-} in
  -*)
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
    [[ $1 == -h || $1 == --help ]] && exit 0
    exit 2
    ;;
esac
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=${1:-$root/demo-out}
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$root"

step() {
  printf '\n== %s\n' "$*" >&2
}

tools/setup.sh
step "build (preset release)"
cmake --preset release >&2
cmake --build --preset release >&2
orator=build/release/bin/orator

step "what the demo subject is, and whether it is whole"
"$orator" info data/demo
step "contact sheet"
"$orator" export data/demo --contact-sheet "$out/contact.png"
step "the clip, re-encoded with its sound"
"$orator" export data/demo -o "$out/demo.mp4"

cat <<END

The demo is done. Look at:
  $out/contact.png   frames of the subject in order: one face, sharp, no frame framed in red
  $out/demo.mp4      the same clip as H.264 with its sound: lips and voice run together
Then: $orator --help
END
