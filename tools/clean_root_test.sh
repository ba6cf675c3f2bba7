#!/usr/bin/env bash
# clean_root_test.sh - the README's two commands in a fresh Debian 12, from a fresh clone.
#
#     tools/clean_root_test.sh [--base TAR] [--keep] [COMMAND...]
#
# Makes a minimal root with debootstrap, or takes it from TAR and makes TAR where it is missing;
# clones the last commit into it and runs the commands there as root, by default tools/test.sh and
# tools/demo.sh. Needs root and a Debian mirror. --keep leaves the root behind and says where.
set -euo pipefail

base=
keep=no
commands=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --base)
      base=${2:?--base wants a file}
      shift
      ;;
    --keep) keep=yes ;;
    -*)
      sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
      [[ $1 == -h || $1 == --help ]] && exit 0
      exit 2
      ;;
    *) commands+=("$1") ;;
  esac
  shift
done
[[ ${#commands[@]} -gt 0 ]] || commands=(tools/test.sh tools/demo.sh)

if [[ $(id -u) -ne 0 ]]; then
  echo "clean_root_test: mounting and chroot need root" >&2
  exit 2
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
target=$work/root
mkdir "$target"

clean_up() {
  for mount in dev/shm dev proc; do
    ! mountpoint -q "$target/$mount" || umount -l "$target/$mount"
  done
  # nothing is removed through a mount that would not go
  if [[ $keep == yes ]] || grep -q " $target/" /proc/mounts; then
    echo "clean_root_test: the root is left in $target" >&2
  else
    rm -rf --one-file-system "$work"
  fi
}
trap clean_up EXIT

# the mirror this machine uses itself
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
  grep -oE 'https?://[^ ]*/debian/?( |$)' | head -n 1 || true)
mirror=${mirror:-http://deb.debian.org/debian}
if [[ -n $base && -f $base ]]; then
  tar -C "$target" -xf "$base"
else
  debootstrap --variant=minbase bookworm "$target" "${mirror% }"
  [[ -z $base ]] || tar -C "$target" -cf "$base" .
fi

# the way to the network is the host's
cp /etc/resolv.conf "$target/etc/resolv.conf"
cp /etc/hosts "$target/etc/hosts"
for file in /etc/apt/apt.conf.d/*proxy*; do
  [[ ! -f $file ]] || cp "$file" "$target/etc/apt/apt.conf.d/"
done
proxies=()
for name in http_proxy https_proxy no_proxy; do
  [[ -z ${!name:-} ]] || proxies+=("$name=${!name}")
done

mount -t proc proc "$target/proc"
mount --rbind /dev "$target/dev"
git clone -q --no-local --depth 1 "file://$PWD" "$target/root/orator"

status=0
for command in "${commands[@]}"; do
  started=$SECONDS
  printf '\n== %s in a fresh Debian\n' "$command" >&2
  chroot "$target" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
    "${proxies[@]}" bash -c "cd \"\$HOME/orator\" && $command" </dev/null || status=1
  printf '== %s: %s after %d s\n' "$command" "$([[ $status -eq 0 ]] && echo ok || echo FAILED)" \
    $((SECONDS - started)) >&2
  [[ $status -eq 0 ]] || break
done
exit $status
