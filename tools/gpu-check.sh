#!/usr/bin/env bash
# gpu-check.sh - what a machine with an NVIDIA GPU has to confirm about the CUDA back end.
#
#     tools/gpu-check.sh
#
# Builds without media files (so that a bare GPU machine will do), runs the tests labelled cuda,
# where a missing GPU is a failure, again under compute-sanitizer where that is installed, and shows
# what `orator doctor` says. Ends with a table; add its outcome to tests/gpu-runs.md.
set -euo pipefail

if [[ $# -gt 0 ]]; then
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
  [[ $1 == -h || $1 == --help ]] && exit 0
  exit 2
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=build/gpu
generator="Unix Makefiles"
! command -v ninja >/dev/null || generator=Ninja

rows=()
n_failed=0
step() {
  local name=$1 started=$SECONDS outcome=ok

  shift
  printf '\n== %s\n' "$name" >&2
  "$@" || outcome="FAILED ($?)"
  [[ $outcome == ok ]] || n_failed=$((n_failed + 1))
  rows+=("$(printf '%-28s %6d s  %s' "$name" $((SECONDS - started)) "$outcome")")
}

configure_and_build() {
  cmake -S . -B "$build" -G "$generator" -DCMAKE_BUILD_TYPE=Release -DORATOR_WERROR=ON \
    -DORATOR_MEDIA=OFF -DORATOR_CUDA=ON &&
    cmake --build "$build" --parallel "$(nproc)"
}

# every program of the label cuda once per tool of the sanitizer
sanitize() {
  local listing program

  export ORATOR_REQUIRE_CUDA=1
  listing=$(ctest --test-dir "$build" -L cuda -N -V | sed -n 's/^[0-9]*: Test command: //p')
  if [[ -z $listing ]]; then
    echo "gpu-check: no tests have the label cuda" >&2
    return 1
  fi
  while IFS= read -r program; do
    program=${program#\"}
    program=${program%%\"*}
    compute-sanitizer --tool "$1" --error-exitcode 1 "$program" || return 1
  done <<<"$listing"
}

gpu=$(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>/dev/null | head -n 1 ||
  true)
[[ $(id -u) -ne 0 ]] || tools/setup.sh >&2 || echo "gpu-check: going on without packages" >&2
step "build with CUDA" configure_and_build
if [[ $n_failed -eq 0 ]]; then
  step "tests on the GPU" env ORATOR_REQUIRE_CUDA=1 \
    ctest --test-dir "$build" --output-on-failure --no-tests=error -L cuda
  step "tests without a GPU" \
    ctest --test-dir "$build" --output-on-failure -LE cuda --parallel "$(nproc)"
  if command -v compute-sanitizer >/dev/null; then
    for tool in memcheck racecheck initcheck synccheck; do
      step "compute-sanitizer $tool" sanitize "$tool"
    done
  else
    rows+=("$(printf '%-28s %6s    not here' compute-sanitizer -)")
  fi
  step "orator doctor" "$build/bin/orator" doctor
fi

printf '\n%s | %s | %s\n' "$(date -u +%F)" "${gpu:-no GPU seen}" \
  "$(git rev-parse --short=10 HEAD 2>/dev/null || echo unknown)"
printf '%s\n' "${rows[@]}"
[[ $n_failed -eq 0 ]]
