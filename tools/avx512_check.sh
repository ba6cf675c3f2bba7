#!/usr/bin/env bash
# avx512_check.sh - the AVX-512 kernels on a processor that has none: their tests in an emulator.
#
#     tools/avx512_check.sh
#
# Builds the kernels' tests, boots a small Linux that holds them on an AVX-512 processor emulated by
# Bochs, and shows their output: three training steps, a picture, dense layers of every size up to
# 130, the pass over rays and the other kernels, all with the bits of plain C. Takes half an hour or
# more. A test left out for want of AVX-512 is a failure; those of AVX-512 BF16, which no processor
# of Bochs 2.7 has, are left out.
#
# Installs nothing. Debian packages: bochs bochsbios vgabios isolinux syslinux-common xorriso cpio
# busybox-static linux-image-cloud-amd64. KERNEL names a kernel other than the newest
# /boot/vmlinuz-*-cloud-amd64; it needs a serial console and an initramfs built in.
set -euo pipefail

if [[ $# -gt 0 ]]; then
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
  [[ $1 == -h || $1 == --help ]] && exit 0
  exit 2
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=build/avx512
work=$build/machine
bios=/usr/share/bochs/BIOS-bochs-latest
isolinux=/usr/lib/ISOLINUX/isolinux.bin
ldlinux=/usr/lib/syslinux/modules/bios/ldlinux.c32
vga=/usr/share/vgabios/vgabios.bin

# program and which of its cases: those that compare instruction sets
tests=(test_cpu_level: test_cpu_kernels:every_instruction_set test_cpu_kernels:scatter
  test_cpu_render:every_instruction_set test_cpu_engine:every_instruction_set test_field_pass:avx512
  test_dense:avx512)

kernel=${KERNEL:-$(find /boot -maxdepth 1 -name 'vmlinuz-*-cloud-amd64' | sort -V | tail -n 1)}
for need in bochs busybox cpio xorriso; do
  command -v "$need" >/dev/null || { echo "avx512_check: no $need, see --help" >&2; exit 2; }
done
for need in "$isolinux" "$ldlinux" "$bios" "$vga" "${kernel:-/boot/vmlinuz-*-cloud-amd64}"; do
  [[ -r $need ]] || { echo "avx512_check: no $need, see --help" >&2; exit 2; }
done

programs=$(printf '%s\n' "${tests[@]%%:*}" | sort -u)
cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Release -DORATOR_MEDIA=OFF -DORATOR_CUDA=OFF
# shellcheck disable=SC2086 # a list of names
cmake --build "$build" --parallel "$(nproc)" --target $programs

# the guest: busybox, the programs and their libraries; every end of a program is a line "rc ..."
rm -rf "$work"
mkdir -p "$work"/root/{t,dev,proc,tmp} "$work"/iso
cp "$(command -v busybox)" "$work/root/busybox"
for program in $programs; do
  strip -o "$work/root/t/$program" "$build/tests/unit/cpu/$program"
  ldd "$work/root/t/$program" | grep -o '/[^ ]*' | while IFS= read -r library; do
    install -D "$library" "$work/root$library"
  done
done
{
  printf '%s\n' '#!/busybox sh' '/busybox mount -t devtmpfs dev /dev' \
    '/busybox mount -t proc proc /proc' 'exec >/dev/ttyS0 2>&1 </dev/null' \
    '/busybox grep -m 1 "model name" /proc/cpuinfo'
  for test in "${tests[@]}"; do
    printf '/t/%s %s\n' "${test%%:*}" "${test#*:}"
    printf 'echo "rc $? %s"\n' "$test"
  done
  printf '%s\n' 'echo the end' '/busybox sleep 2' '/busybox poweroff -f'
} >"$work/root/init"
chmod +x "$work/root/init"
(cd "$work/root" && find . | cpio --quiet -o -H newc) >"$work/iso/initrd"

# the kernel of Debian 12 refuses the emulator's sizes of compacted register files
cp "$isolinux" "$ldlinux" "$work/iso"
cp "$kernel" "$work/iso/vmlinuz"
printf '%s\n' 'DEFAULT linux' 'LABEL linux' 'KERNEL vmlinuz' 'INITRD initrd' \
  'APPEND console=ttyS0 quiet nokaslr nosmp mitigations=off tsc=reliable no_timer_check panic=1'" \
noxsaves clearcpuid=xsavec,xsaves" >"$work/iso/isolinux.cfg"
xorriso -as mkisofs -quiet -o "$work/cd.iso" -b isolinux.bin -c boot.cat -no-emul-boot \
  -boot-load-size 4 -boot-info-table "$work/iso"

printf '%s\n' 'config_interface: textconfig' 'display_library: rfb, options="timeout=0"' \
  "romimage: file=$bios" "vgaromimage: file=$vga" 'megs: 512' \
  "cpu: model=corei7_skylake_x, count=1, ips=100000000, reset_on_triple_fault=0" \
  'clock: sync=none' \
  'ata0-master: type=cdrom, path=cd.iso, status=inserted' 'boot: cdrom' \
  'com1: enabled=1, mode=file, dev=serial.txt' 'log: bochs.log' 'panic: action=fatal' \
  'error: action=report' 'info: action=report' 'debug: action=ignore' >"$work/bochsrc"
echo c >"$work/go" # Debian builds Bochs with its debugger, which waits for this
touch "$work/serial.txt"

# the emulated screen wants a port: in a network of its own, nobody reaches it
(cd "$work" && exec unshare --map-root-user --net bochs -q -f bochsrc -rc go) \
  >"$work/console.txt" 2>&1 </dev/null &
emulator=$!
trap 'kill -9 $emulator 2>/dev/null || true' EXIT
tail -n +1 -s 5 -f --pid=$emulator "$work/serial.txt"
wait "$emulator" || true
trap - EXIT

log=$(tr -d '\r' <"$work/serial.txt")
grep -q '^the end$' <<<"$log" || { echo "avx512_check: stopped early, see $work" >&2; exit 1; }
! grep '^skipped: ' <<<"$log" || exit 1
! grep '^rc [^0]' <<<"$log" || exit 1
echo "avx512_check: the bits of plain C"
