#!/usr/bin/env bash
# test_setup.sh - tools/setup.sh against a make-believe dpkg-query, apt-get and sudo.
set -euo pipefail

setup=$ORATOR_TEST_SOURCE/tools/setup.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bin="$work/a folder/bin"
mkdir -p "$bin"
export SETUP_TEST=$work

fail() {
  echo "FAILED: $*" >&2
  cat "$work/err" >&2
  exit 1
}

# the package data base is the file `installed`, every apt-get call is noted in `calls`
for tool in awk bash cat env grep mktemp rm sed tail true; do
  ln -s "$(type -P $tool)" "$bin/$tool"
done
cat >"$bin/dpkg-query" <<'END'
#!/usr/bin/env bash
shift 3
for name in "$@"; do
  if grep -qx "$name" "$SETUP_TEST/installed"; then echo "$name:amd64 installed"; else rc=1; fi
done
exit ${rc:-0}
END
cat >"$bin/apt-get" <<'END'
#!/usr/bin/env bash
echo "$*" >>"$SETUP_TEST/calls"
[[ ! -e $SETUP_TEST/offline ]] || exit 100
for word in "$@"; do
  if [[ $word == [a-z]* && $word != install ]]; then echo "$word" >>"$SETUP_TEST/installed"; fi
done
END
printf '#!/usr/bin/env bash\ncat "$SETUP_TEST/uid"\n' >"$bin/id"
chmod +x "$bin"/dpkg-query "$bin"/apt-get "$bin"/id

run() {
  local want=$1 got=0

  shift
  : >"$work/calls"
  env -u CUDACXX PATH="$bin" "$bin/bash" "$setup" "$@" >"$work/out" 2>"$work/err" </dev/null ||
    got=$?
  [[ $got -eq $want ]] || fail "setup $* as $(cat "$work/uid") ended with $got, want $want"
}

: >"$work/installed"
echo 1000 >"$work/uid"
run 2
grep -q 'apt-get install -y --no-install-recommends .*cmake.* libyaml-dev' "$work/err" ||
  fail "the command is not printed"
[[ ! -s $work/calls ]] || fail "apt-get ran without the right to"

echo 0 >"$work/uid"
run 0
grep -q 'install -y --no-install-recommends .*libpng-dev' "$work/calls" || fail "nothing installed"

run 0
[[ ! -s $work/calls ]] || fail "apt-get ran although everything is there: $(cat "$work/calls")"

run 0 --tests
grep -q libcmocka-dev "$work/calls" || fail "--tests does not install cmocka"
! grep -q libpng-dev "$work/calls" || fail "--tests installs what is there"

touch "$work/offline"
run 2 --dev
grep -q 'as root, run' "$work/err" || fail "no way out is shown without a network"
rm "$work/offline"

echo 1000 >"$work/uid"
printf '#!/usr/bin/env bash\nshift; exec "$@"\n' >"$bin/sudo"
chmod +x "$bin/sudo"
run 0 --dev
grep -q cppcheck "$work/calls" || fail "sudo is not used"

run 2 --everything
grep -q -- "--everything" "$work/err" || fail "an unknown flag is not named"
