#!/usr/bin/env bash
# demo.sh - sets up, builds and runs the main job on the demo subject that ships with orator: trains
# a model of the person and renders speech that was held out from training.
#
#     tools/demo.sh [OUT [BUDGET]]
#
# Results go to the folder OUT, by default out in the checkout; those of an earlier run are
# replaced. Training takes BUDGET, a time or a number of steps, by default 3m.
set -euo pipefail

case ${1:-} in
  -*)
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
    [[ $1 == -h || $1 == --help ]] && exit 0
    exit 2
    ;;
esac
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=${1:-$root/out}
budget=${2:-3m}
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$root"

# frames of data/demo that training does not see: "splits" of its subject.json
first=1086
last=1194

step() {
  printf '\n== %s\n' "$*" >&2
}

# number KEY OBJECT: a member of one of the objects in scores.json
number() {
  awk -v key="\"$1\":" -v object="\"$2\":" '
    index($0, object) { inside = 1 }
    inside && index($0, key) { sub(/^[^:]*:[ \t]*/, ""); sub(/,.*/, ""); print; exit }
    inside && /}/ { exit }' "$out/scores.json"
}

# row TITLE OBJECT: one line of the table
row() {
  printf '%-34s %7.2f %7.2f %7.2f %7.2f %7.2f\n' "$1" "$(number mouth_db "$2")" \
    "$(number eyes_db "$2")" "$(number face_db "$2")" "$(number head_db "$2")" \
    "$(number full_db "$2")"
}

tools/setup.sh
step "build (preset release)"
cmake --preset release >&2
cmake --build --preset release >&2
orator=build/release/bin/orator

step "what the demo subject is, and whether it is whole"
"$orator" info data/demo
step "train on frames 0 to $((first - 1)), $budget"
"$orator" train field data/demo -o "$out/model" --budget "$budget" --restart --json \
  >"$out/scores.json"
step "render frames $first to $last, which training has not seen"
"$orator" render "$out/model" --motion data/demo/motion.json --frames "$first-$last" \
  --sound data/demo/sound.wav -o "$out/demo.mp4"

previews=("$out"/model/previews/*.png)
cp "${previews[-1]}" "$out/preview.png"
{
  printf '%-34s %7s %7s %7s %7s %7s\n' "PSNR of the held-out frames, dB" mouth eyes face head full
  row "field, torso as in the clip" torso_tracked
  row "field, torso moved by the head" torso_predicted
  row "nearest training frame, copied" nearest_frame
} >"$out/metrics.txt"

cat <<END

$(cat "$out/metrics.txt")

The demo is done. Look at:
  $out/demo.mp4      speech that training has not seen, with its sound: lips and voice run
                     together, lips meet on m, b and p, neck and background stand still
  $out/preview.png   a row a frame: truth, render, difference x4, mouth and eyes x4, truth on top
  $out/metrics.txt   the table above; scores.json has all of it
  $out/model         the model; "orator render $out/model --motion TRACK -o FILE" speaks any track
Then: $orator render --help
END
