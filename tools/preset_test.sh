#!/usr/bin/env bash
# preset_test.sh - builds one preset and runs its tests.
#
#     tools/preset_test.sh PRESET [CTEST FLAG...]
#
# Presets: dev optimised clang asan tsan fuzz cuda.
set -euo pipefail

preset=${1:-}
if [[ -z $preset || $preset == -* ]]; then
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
  [[ $preset == -h || $preset == --help ]] && exit 0
  exit 2
fi
shift
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case $preset in
  clang | fuzz) tools/setup.sh --dev ;;
  *) tools/setup.sh --tests ;;
esac
cmake --preset "$preset"
cmake --build --preset "$preset"
exec ctest --preset "$preset" --parallel "$(nproc)" "$@"
