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

check=no
if [[ ${1:-} == --check ]]; then
  check=yes
  shift
fi

if [[ $# -gt 0 ]]; then
  files=("$@")
else
  mapfile -t files < <(git ls-files --cached --others --exclude-standard -- \
    '*.c' '*.h' '*.cu' '*.cuh')
fi

n_unformatted=0
for file in "${files[@]}"; do
  # a file that git still lists may be gone; a generated table is as its generator wrote it
  if [[ ! -f $file || ! $file =~ \.(c|h|cu|cuh)$ ]] || head -n 1 "$file" | grep -qi generated; then
    continue
  fi
  if [[ $check == no ]]; then
    "$formatter" -i "$file"
  elif ! "$formatter" "$file" | cmp -s - "$file"; then
    echo "$file: not as clang-format would have it; run tools/format.sh"
    n_unformatted=$((n_unformatted + 1))
  fi
done
[[ $n_unformatted -eq 0 ]]
