#!/usr/bin/env bash
# lint.sh - layers, style, formatting, shell scripts and static analysis of the sources.
#
#     tools/lint.sh           analysers look at the C files that differ from the branch main
#     tools/lint.sh --all     analysers look at every C file (minutes)
#     tools/lint.sh --fast    no analysers
#     tools/lint.sh FILE...   analysers look at these
#
# Runs every check before it fails. The tools come from tools/setup.sh --dev.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
mode=changed
files=()
for arg in "$@"; do
  case $arg in
    --all) mode=all ;;
    --fast) mode=fast ;;
    -*)
      sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
      [[ $arg == -h || $arg == --help ]] && exit 0
      exit 2
      ;;
    *)
      mode=named
      files+=("$arg")
      ;;
  esac
done

failed=()
check() {
  local name=$1

  shift
  if "$@"; then
    printf 'lint: %-12s ok\n' "$name"
  else
    printf 'lint: %-12s FAILED\n' "$name"
    failed+=("$name")
  fi
}

sources() {
  git ls-files --cached --others --exclude-standard -- '*.c'
}

changed_sources() {
  local base

  base=$(git merge-base HEAD main 2>/dev/null || git rev-parse HEAD)
  { git diff --name-only "$base" -- '*.c'; git ls-files --others --exclude-standard -- '*.c'; } |
    sort -u
}

scripts() {
  git grep -lI --untracked -E '^#!(/usr/bin/env bash|/bin/(ba)?sh)'
}

# clang-tidy and cppcheck see what the build with preset dev compiles, with its flags
analyse() {
  local -a compiled=()

  for file in "$@"; do
    if [[ -f $file ]] && grep -qF "\"$PWD/$file\"" build/dev/compile_commands.json; then
      compiled+=("$file")
    fi
  done
  if [[ ${#compiled[@]} -eq 0 ]]; then
    echo "lint: no C file to analyse"
    return
  fi
  check clang-tidy run_clang_tidy "${compiled[@]}"
  check cppcheck run_cppcheck "${compiled[@]}"
}

run_clang_tidy() {
  printf '%s\0' "$@" | xargs -0 -n 1 -P "$(nproc)" clang-tidy -quiet -p build/dev \
    --extra-arg=-Wno-unknown-warning-option
}

run_cppcheck() {
  cppcheck --quiet --enable=warning,performance,portability --error-exitcode=1 --inline-suppr \
    --std=c11 --suppress=missingIncludeSystem --suppress='*:/usr/include/*' -j "$(nproc)" \
    -D__linux__ -Iinclude -Isrc -Isrc/host -Itests "$@"
}

check layers python3 tools/check_layers.py
check style python3 tools/check_style.py
check format tools/format.sh --check
if command -v shellcheck >/dev/null; then
  mapfile -t shell_files < <(scripts)
  check shellcheck shellcheck -x -S warning "${shell_files[@]}"
else
  echo "lint: shellcheck   not here, skipped"
fi

if [[ $mode != fast ]]; then
  cmake --preset dev >/dev/null
  case $mode in
    all) mapfile -t files < <(sources) ;;
    changed) mapfile -t files < <(changed_sources) ;;
  esac
  analyse "${files[@]}"
fi

if [[ ${#failed[@]} -gt 0 ]]; then
  echo "lint: failed: ${failed[*]}" >&2
  exit 1
fi
