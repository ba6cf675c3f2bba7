#!/usr/bin/env bash
# format.sh - lets clang-format rewrite the C and CUDA sources.
#
#     tools/format.sh              all of them
#     tools/format.sh --check      change nothing, fail where something would change
#     tools/format.sh FILE...      these
set -euo pipefail

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
  exit 0
fi
formatter_major=14
cd "$(dirname "${BASH_SOURCE[0]}")/.."

formatter=$(command -v "clang-format-$formatter_major" || command -v clang-format || true)
if [[ -z $formatter ]]; then
  echo "format: no clang-format here; tools/setup.sh --dev installs it" >&2
  exit 2
fi
if [[ ! $("$formatter" --version) =~ version\ $formatter_major\. ]]; then
  echo "format: $formatter is not version $formatter_major; other versions format differently" >&2
  exit 2
fi

flags=(-i)
if [[ ${1:-} == --check ]]; then
  flags=(--dry-run -Werror)
  shift
fi

if [[ $# -gt 0 ]]; then
  printf '%s\0' "$@"
else
  git ls-files -z --cached --others --exclude-standard -- '*.c' '*.h' '*.cu' '*.cuh'
fi | { grep -zE '\.(c|h|cu|cuh)$' || true; } | while IFS= read -r -d '' file; do
  # a file that git still lists may be gone from the tree
  if [[ -f $file ]]; then printf '%s\0' "$file"; fi
done | xargs -0 -r -P "$(nproc)" -n 16 "$formatter" "${flags[@]}"
