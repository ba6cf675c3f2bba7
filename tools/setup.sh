#!/usr/bin/env bash
# setup.sh - installs the Debian packages that orator is built with, those that are missing only.
#
#     tools/setup.sh            what a build needs
#     tools/setup.sh --tests    and what the tests need
#     tools/setup.sh --dev      and what lint, fuzzing and the clang build need
#
# Asks for nothing and touches no network when everything is there. Exit code 2: packages are
# missing and cannot be installed from here; the command that installs them has been printed. CUDA
# is never installed, only reported.
set -euo pipefail

build_packages=(
  ca-certificates cmake gcc git libc6-dev make ninja-build pkg-config
  libavcodec-dev libavformat-dev libavutil-dev libswresample-dev libswscale-dev
  libcjson-dev libopenexr-dev libpng-dev libsndfile1-dev libyaml-dev
)
test_packages=(ffmpeg g++ libcmocka-dev openexr python3)
dev_packages=(
  clang clang-format-14 clang-tidy cppcheck libclang-rt-dev llvm shellcheck valgrind
)
group=build

usage() {
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
}

say() {
  printf 'setup: %s\n' "$*" >&2
}

parse_flags() {
  for arg in "$@"; do
    case $arg in
      --tests) [[ $group == dev ]] || group=tests ;;
      --dev) group=dev ;;
      -h | --help)
        usage
        exit 0
        ;;
      *)
        say "unknown flag '$arg'; there are --tests, --dev, --help"
        exit 2
        ;;
    esac
  done
}

find_nvcc() {
  local candidate

  for candidate in "${CUDACXX:-}" "$(command -v nvcc || true)" /usr/local/cuda/bin/nvcc; do
    if [[ -n $candidate && -x $candidate ]]; then
      printf '%s\n' "$candidate"
      return
    fi
  done
}

# Prints those of the wanted packages that are not installed. One query for all: it is quick.
missing_of() {
  local installed

  # dpkg-query fails when it does not know one of the names, and still lists the others
  installed=$(dpkg-query -W -f '${binary:Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
    awk '$2 == "installed" { sub(/:.*/, "", $1); print $1 }' || true)
  for name in "$@"; do
    grep -qxF -- "$name" <<<"$installed" || printf '%s\n' "$name"
  done
}

# Runs a command whose chatter matters only when it fails.
quietly() {
  local log rc=0

  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || rc=$?
  [[ $rc -eq 0 ]] || tail -n 20 "$log" >&2
  rm -f "$log"
  return $rc
}

install_packages() {
  local -a as_root=()

  if [[ $(id -u) -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
      return 1
    elif sudo -n true 2>/dev/null; then
      as_root=(sudo -n)
    elif [[ -t 0 && -t 2 ]] && sudo -v; then
      as_root=(sudo)
    else
      return 1
    fi
  fi
  as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300
    -o Acquire::Retries=3)

  say "installing $# packages, this may take some minutes: $*"
  # without fresh lists an install may still succeed, from a local mirror or the package cache
  quietly "${as_root[@]}" update || say "apt-get update failed; trying with the lists that are here"
  if ! quietly "${as_root[@]}" install -y --no-install-recommends "$@"; then
    say "apt-get could not install them"
    return 1
  fi
}

main() {
  local nvcc
  local -a wanted missing

  parse_flags "$@"
  nvcc=$(find_nvcc)
  wanted=("${build_packages[@]}")
  [[ $group == build ]] || wanted+=("${test_packages[@]}")
  [[ $group != dev ]] || wanted+=("${dev_packages[@]}")
  # nvcc needs a C++ compiler beside it
  [[ -z $nvcc || $group != build ]] || wanted+=(g++)

  if ! command -v dpkg-query >/dev/null; then
    say "no dpkg-query: this is not a Debian system, so nothing is installed here"
    say "CMake will name what is missing; on Debian it would be: ${wanted[*]}"
    return 0
  fi

  mapfile -t missing < <(missing_of "${wanted[@]}")
  if [[ ${#missing[@]} -gt 0 ]] && ! install_packages "${missing[@]}"; then
    say "${#missing[@]} packages are missing; as root, run:"
    printf '\n    apt-get update && apt-get install -y --no-install-recommends %s\n\n' \
      "${missing[*]}" >&2
    exit 2
  fi
  mapfile -t missing < <(missing_of "${wanted[@]}")
  if [[ ${#missing[@]} -gt 0 ]]; then
    say "still not installed: ${missing[*]}"
    exit 2
  fi

  if [[ -n $nvcc ]]; then
    say "all packages are there; CUDA compiler $nvcc"
  else
    say "all packages are there; no nvcc, so the CUDA back end is not built"
  fi
}

main "$@"
