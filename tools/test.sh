#!/usr/bin/env bash
# test.sh - sets up, builds and runs every test that needs no GPU.
#
#     tools/test.sh [CTEST FLAG...]     for example: tools/test.sh -R npy, or -LE 'slow|package'
set -euo pipefail

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
  exit 0
fi
exec "$(dirname "${BASH_SOURCE[0]}")/preset_test.sh" dev "$@"
