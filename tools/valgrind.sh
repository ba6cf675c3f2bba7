#!/usr/bin/env bash
# valgrind.sh - the unit and allocation tests under valgrind's memcheck; any error or leak fails.
#
#     tools/valgrind.sh                      those of build/dev, a quarter of an hour
#     tools/valgrind.sh BUILD [REGEX]        of another build without sanitizers, by name
#
# The programs must be built. Errors inside other people's libraries are listed in
# tests/support/valgrind.supp; none of ours may be.
set -euo pipefail

if [[ ${1:-} == -* ]]; then
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
  [[ $1 == -h || $1 == --help ]] && exit 0
  exit 2
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${1:-build/dev}
only=${2:-.}

# Left out, each for a reason: what is slow here is decoded frame after frame by interpreted code.
#   test_video_writer, test_sound_mux   encoders on every frame, 10 s each at full speed
#   test_clip_timing, test_video_colour thousands of frames
#   test_video_reader, test_audio_reader the same; their calls are those of test_media_alloc
#   test_demo_subject, test_sync        all frames of the demo clip
#   test_clip_export                    encoders
#   test_cuda_device                    nothing of it runs without a GPU
#   test_colour_convert                 exhaustive tables, arithmetic only
skip='video_writer|sound_mux|clip_timing|video_colour|video_reader|audio_reader|demo_subject|sync'
skip="test_($skip|clip_export|cuda_device|colour_convert)"

options=(
  --quiet
  --leak-check=full
  "--errors-for-leak-kinds=definite,indirect"
  --error-exitcode=99
  "--suppressions=$PWD/tests/support/valgrind.supp"
)
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
export ORATOR_TEST_SOURCE=$PWD ORATOR_TEST_PROGRAM=$PWD/$build/bin/orator

n=0
failed=0
SECONDS=0
for name in $(ctest --test-dir "$build" -N -L '^(unit|alloc)$' |
  sed -n 's/^ *Test *#[0-9]*: *//p' | grep -x 'test_.*' | grep -Evx "$skip" | grep -E "$only"); do
  program=$(find "$build/tests" -type f -name "$name" -perm -u+x)
  if [[ -z $program ]]; then
    echo "valgrind: $name is not built in $build" >&2
    exit 1
  fi
  start=$SECONDS
  rc=0
  valgrind "${options[@]}" "$program" >"$log/$name" 2>&1 || rc=$?
  n=$((n + 1))
  if [[ $rc -eq 0 || $rc -eq 77 ]]; then
    echo "passed $name $((SECONDS - start)) s"
  else
    echo "FAILED $name $((SECONDS - start)) s, exit code $rc"
    grep -E '^==|FAILED|ERROR|error' "$log/$name" | head -80
    failed=$((failed + 1))
  fi
done
echo "valgrind: $n programs, $failed failed, $SECONDS s"
[[ $failed -eq 0 && $n -gt 0 ]]
