#!/usr/bin/env bash
# package_test.sh CASE - what a packager and a user of liborator rely on.
#
# The case `install` puts a tree into $ORATOR_PACKAGE/prefix, the others look at it. The compiler
# and the library's folder come from CMake through the environment. Ends with 77 without its tools.
set -euo pipefail

here=$ORATOR_TEST_SOURCE/tests/package
prefix=$ORATOR_PACKAGE/prefix
libdir=$prefix/$ORATOR_LIBDIR
work=$ORATOR_PACKAGE/$1
rm -rf "$work"
mkdir -p "$work"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

need() {
  command -v "$1" >/dev/null || { echo "no $1 here" >&2; exit 77; }
}

# long enough that progress is reported before its end
clip=$ORATOR_TEST_SOURCE/data/demo/clip.mp4

compile_sample() {
  # the flags of pkg-config are words to be split
  # shellcheck disable=SC2086
  "$CC" -std=c11 -Wall -Werror "-DSAMPLE_WANTS_VERSION=\"$ORATOR_VERSION\"" -o "$work/sample" \
    "$here/sample.c" $1
}

case_install() {
  rm -rf "$prefix"
  cmake --install "$ORATOR_TEST_BUILD" --prefix "$prefix" >/dev/null
  "$prefix/bin/orator" --version | grep -F "$ORATOR_VERSION" || fail "the program does not start"
  # a packager's way: the same files under DESTDIR
  DESTDIR=$work/dest cmake --install "$ORATOR_TEST_BUILD" --prefix /usr >/dev/null
  diff <(cd "$prefix" && find . -type f -o -type l | sort) \
    <(cd "$work/dest/usr" && find . -type f -o -type l | sort) || fail "DESTDIR gets other files"
}

case_pkg_config() {
  need pkg-config
  export PKG_CONFIG_PATH=$libdir/pkgconfig
  [[ $(pkg-config --modversion orator) == "$ORATOR_VERSION" ]] || fail "another version"
  compile_sample "$(pkg-config --cflags --libs orator)"
  LD_LIBRARY_PATH=$libdir "$work/sample" "$work/track.json" "$clip"
}

# a prefix that has moved and lost its shared library: what --static promises
case_static() {
  need pkg-config
  cp -a "$prefix" "$work/moved"
  rm "$work/moved/$ORATOR_LIBDIR"/liborator.so*
  export PKG_CONFIG_PATH=$work/moved/$ORATOR_LIBDIR/pkgconfig
  compile_sample "$(pkg-config --static --cflags --libs orator)"
  "$work/sample" "$work/track.json" "$clip"
}

case_cmake() {
  cmake -S "$here/cmake_sample" -B "$work/build" -DCMAKE_C_COMPILER="$CC" \
    -DCMAKE_PREFIX_PATH="$prefix" "-DSAMPLE_SOURCE=$here/sample.c" \
    "-DSAMPLE_WANTS_VERSION=$ORATOR_VERSION" >"$work/log" || { cat "$work/log"; exit 1; }
  cmake --build "$work/build" >"$work/log" || { cat "$work/log"; exit 1; }
  "$work/build/sample_orator" "$work/track.json" "$clip"
  "$work/build/sample_orator_static" "$work/track.json" "$clip"
  if cmake -S "$here/cmake_sample" -B "$work/newer" -DCMAKE_C_COMPILER="$CC" \
    -DCMAKE_PREFIX_PATH="$prefix" "-DSAMPLE_SOURCE=$here/sample.c" \
    -DSAMPLE_WANTS_VERSION=99.0 >"$work/log" 2>&1; then
    fail "the CMake package claims to be version 99"
  fi
}

case_ctypes() {
  need python3
  python3 "$here/sample.py" "$libdir/liborator.so" "$work/track.json" "$clip"
  [[ -s $work/track.npy ]] || fail "no track written"
}

case_headers() {
  local header
  local -a flags=(-pedantic -Wall -Wextra -Werror -fsyntax-only "-I$prefix/include")

  for header in "$prefix"/include/orator/*.h; do
    printf '#include "orator/%s"\nextern int ora_none;\n' "${header##*/}" >"$work/one.c"
    "$CC" -std=c11 "${flags[@]}" "$work/one.c" || fail "$header does not stand alone in C"
    if command -v g++ >/dev/null; then
      g++ -x c++ -std=c++17 "${flags[@]}" "$work/one.c" ||
        fail "$header does not stand alone in C++"
    fi
  done
}

case_symbols() {
  local foreign

  need nm
  nm -D --defined-only "$libdir/liborator.so" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' |
    sort >"$work/exported"
  [[ -s $work/exported ]] || fail "nothing is exported"
  foreign=$(grep -v '^orator_' "$work/exported" || true)
  [[ -z $foreign ]] || fail "exported without the prefix orator_: $foreign"
  # the device code's registration is named by nvcc
  foreign=$(nm -g --defined-only "$libdir/liborator.a" 2>/dev/null | awk 'NF == 3 { print $3 }' |
    grep -vE '^(orator_|ora_|__cuda|__nv|__fatbin)' || true)
  [[ -z $foreign ]] || fail "global in the archive without a prefix: $foreign"
}

# nothing is declared in the headers and missing in the library
case_promises() {
  local missing

  need nm
  nm -D --defined-only "$libdir/liborator.so" | awk '{ sub(/@.*/, "", $3); print $3 }' | sort -u \
    >"$work/exported"
  echo '#include "orator/orator.h"' | "$CC" -E -P -I"$prefix/include" -x c - | tr '\n' ' ' |
    tr ';' '\n' | grep -v typedef | grep -oE 'orator_[a-z0-9_]+ *\(' | tr -d ' (' | sort -u \
    >"$work/declared"
  [[ $(wc -l <"$work/declared") -ge 10 ]] || fail "the headers were not understood"
  missing=$(comm -23 "$work/declared" "$work/exported")
  [[ -z $missing ]] || fail "declared but not in the library: $missing"
}

# the same sources give the same bits wherever they are built
case_traceless() {
  local found

  found=$(grep -alF -- "$ORATOR_TEST_SOURCE/" "$prefix/bin/orator" "$libdir"/liborator.so || true)
  # what debuggers need names the folder, so only builds without debug information are judged
  if readelf -S "$libdir/liborator.so" 2>/dev/null | grep -q debug_info; then
    strip -g -o "$work/stripped" "$libdir/liborator.so"
    found=$(grep -alF -- "$ORATOR_TEST_SOURCE/" "$work/stripped" || true)
  fi
  [[ -z $found ]] || fail "the folder of the sources is in $found"
}

"case_$1"
