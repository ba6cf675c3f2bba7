#!/usr/bin/env bash
# fuzz.sh - builds the fuzz targets and lets each search for a while.
#
#     tools/fuzz.sh                          60 seconds each
#     tools/fuzz.sh --seconds 600 npy json   these two, ten minutes each
#     tools/fuzz.sh --runs 1000000           a million inputs each
#
# New inputs are kept in build/fuzz/corpus, findings in build/fuzz/findings. Exit code 1: something
# was found. An input may take 2 GiB and 10 seconds before it counts as a finding.
set -euo pipefail

limit=(-max_total_time=60)
targets=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --seconds | --runs)
      if [[ ! ${2:-} =~ ^[0-9]+$ ]]; then
        echo "fuzz: $1 wants a number" >&2
        exit 2
      fi
      limit=("-max_total_time=$2")
      [[ $1 == --seconds ]] || limit=("-runs=$2")
      shift
      ;;
    -*)
      sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
      [[ $1 == -h || $1 == --help ]] && exit 0
      exit 2
      ;;
    *) targets+=("$1") ;;
  esac
  shift
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools/setup.sh --dev
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz

bin=build/fuzz/bin/fuzz
if [[ ${#targets[@]} -eq 0 ]]; then
  for program in "$bin"/fuzz_*; do
    if [[ -x $program ]]; then targets+=("${program##*/fuzz_}"); fi
  done
fi
if [[ ${#targets[@]} -eq 0 ]]; then
  echo "fuzz: no targets in $bin" >&2
  exit 1
fi
for name in "${targets[@]}"; do
  if [[ ! -x $bin/fuzz_$name ]]; then
    echo "fuzz: there is no target '$name'" >&2
    exit 2
  fi
done

n_findings=0
table=$(printf '%-24s %12s %8s %8s %9s' target runs seconds corpus findings)
for name in "${targets[@]}"; do
  corpus=build/fuzz/corpus/$name
  findings=build/fuzz/findings/$name
  log=build/fuzz/$name.log
  mkdir -p "$corpus" "$findings"
  echo "fuzz: $name" >&2
  started=$SECONDS
  # a finding ends the target with a code of its own; it is counted by the file it left
  "$bin/fuzz_$name" "${limit[@]}" -rss_limit_mb=2048 -malloc_limit_mb=2048 -timeout=10 \
    -print_final_stats=1 "-artifact_prefix=$findings/" "$corpus" "tests/fuzz/corpus/$name" \
    >"$log" 2>&1 && status=0 || status=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
  n_files=$(find "$findings" -type f -newer "$bin/fuzz_$name" | wc -l)
  if [[ $status -ne 0 ]]; then
    [[ $n_files -gt 0 ]] || n_files=1
    n_findings=$((n_findings + n_files))
    tail -n 40 "$log" >&2
  fi
  table+=$'\n'$(printf '%-24s %12s %8d %8d %9d' "$name" "${runs:-?}" $((SECONDS - started)) \
    "$(find "$corpus" -type f | wc -l)" "$n_files")
done
printf '%s\n' "$table"
[[ $n_findings -eq 0 ]]
