#!/usr/bin/env bash
# docs_test.sh - the commands that documents show.
#
# Blocks of shell behind the line <!-- run --> are run, line by line, in an empty folder with the
# program and data/ at hand. Of the other blocks each script of tools/ has to answer --help, each
# make target and each preset has to exist, and each verb of orator has to have a --help.
set -euo pipefail

root=$ORATOR_TEST_SOURCE
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n_checked=0
n_failed=0

fail() {
  echo "FAILED: $*" >&2
  n_failed=$((n_failed + 1))
}

# blocks FILE: prints the lines of sh blocks, "run" or "see" and a tab before each
blocks() {
  awk '/^<!-- run -->$/ { kind = "run"; next }
    /^```sh$/ { in_block = 1; if (kind == "") kind = "see"; next }
    /^```/ { in_block = 0; kind = ""; next }
    in_block { sub(/ +# .*/, ""); if ($0 != "") print kind "\t" $0 }' "$1"
}

see() {
  local -a words

  read -r -a words <<<"$1"
  case ${words[0]} in
    tools/*) (cd "$root" && "${words[0]}" --help) >/dev/null ;;
    make) (cd "$root" && make -n "${words[@]:1}") >/dev/null ;;
    ctest | cmake)
      [[ ! $1 =~ --preset\ ([a-z]+) ]] ||
        (cd "$root" && cmake --list-presets) | grep -qF "\"${BASH_REMATCH[1]}\""
      ;;
    orator) orator "${words[1]}" --help >/dev/null ;;
    *) return 0 ;;
  esac
}

mkdir "$work/bin" "$work/here"
ln -s "$ORATOR_TEST_PROGRAM" "$work/bin/orator"
ln -s "$root/data" "$work/here/data"
export PATH=$work/bin:$PATH
cd "$work/here"
mapfile -t documents < <(find "$root" -maxdepth 1 -name '*.md'; find "$root/docs" -name '*.md')
for document in "${documents[@]}"; do
  while IFS=$'\t' read -r kind line; do
    n_checked=$((n_checked + 1))
    if [[ $kind == run ]]; then
      bash -c "$line" >"$work/out" 2>&1 </dev/null ||
        fail "${document#"$root"/}: $line: $(tail -n 3 "$work/out")"
    else
      see "$line" || fail "${document#"$root"/}: $line"
    fi
  done < <(blocks "$document")
done
echo "$n_checked commands looked at"
[[ $n_checked -gt 0 && $n_failed -eq 0 ]]
