#!/usr/bin/env bash
# test_checkers.sh - the layer and style checks accept what is sound and refuse each planted fault.
# Whether this tree keeps the style is asked by tools/lint.sh alone: a stray file fails no test.
set -euo pipefail

command -v python3 >/dev/null || exit 77
# the interpreter itself, past any wrapper: it starts forty times
python=$(python3 -c 'import sys; print(sys.executable)')
tools=$ORATOR_TEST_SOURCE/tools
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

"$python" -IS "$tools/check_layers.py" "$ORATOR_TEST_SOURCE" || fail "the tree breaks the layer law"

tree=$work/tree
fresh() {
  rm -rf "$tree"
  mkdir -p "$tree/include/orator" "$tree/src/host/base" "$tree/src/host/media" \
    "$tree/src/cuda/base" "$tree/src/numerics" "$tree/docs"
  printf '#include <math.h>\n\n#include "base/x.h"\n#include "orator/y.h"\n' \
    >"$tree/src/host/base/x.c"
  printf '#include <cuda_runtime.h>\n' >"$tree/src/cuda/base/k.cu"
  printf '#ifndef ORA_X_H\n#define ORA_X_H\n\n#endif /* ORA_X_H */\n' >"$tree/src/host/base/x.h"
  printf '# T\n\nSee [x](t.md#t) and `src/host/base/x.c`.\n' >"$tree/docs/t.md"
}

# refused CHECK TEXT: the check fails on the tree and its output has TEXT
refused() {
  local out

  if out=$("$python" -IS "$tools/check_$1.py" "$tree"); then
    fail "check_$1 accepts a tree with '$2'"
  fi
  grep -qF -- "$2" <<<"$out" || fail "check_$1 does not say '$2' but: $out"
}

fresh
"$python" -IS "$tools/check_layers.py" "$tree" || fail "check_layers refuses a sound tree"
"$python" -IS "$tools/check_style.py" "$tree" || fail "check_style refuses a sound tree"

plant_include() {
  fresh
  printf '#include %s\n' "$2" >>"$tree/$1"
  refused layers "$3"
}
plant_include src/host/base/x.c '"core/image.h"' "base must not include core"
plant_include src/host/media/m.c '"formats/npy.h"' "media must not include formats"
plant_include src/host/media/m.c '"../base/x.h"' "climbs out"
plant_include src/host/media/m.c '"x.h"' "does not name its layer"
plant_include src/host/media/m.c '"utils/x.h"' "is in no layer"
plant_include src/host/media/m.c '"cuda/base/k.h"' "media must not include cuda"
plant_include src/host/media/m.c '<cuda_runtime.h>' "belongs in src/cuda alone"
plant_include src/cuda/base/k.cu '"media/m.h"' "cuda must not include media"
plant_include src/numerics/n.h '"orator/status.h"' "numerics must not include orator"
plant_include include/orator/y.h '"base/x.h"' "orator must not include base"
fresh
mkdir "$tree/src/host/odd" && : >"$tree/src/host/odd/o.c"
refused layers "not in the folder of any layer"

# plant FILE TEXT WHAT: FILE gets one more piece of text (printf escapes work)
plant() {
  fresh
  printf '%b' "$2" >>"$tree/$1"
  refused style "$3"
}
plant src/host/base/x.c 'int a;\t\n' "tab"
plant src/host/base/x.c 'int a; \n' "blanks at the end"
plant src/host/base/x.c 'int a;' "no newline"
plant src/host/base/x.c '/* /ho''me/joe/x */\n' "path of one machine"
plant src/host/base/x.c '/* FIX''ME later */\n' "unfinished"
plant src/host/base/x.c '/* TO''DO later */\n' "unfinished"
plant src/host/base/x.c '#if 0\n#endif\n' "dead code"
plant src/host/base/x.c 'typedef int ora_int_t;\n' "POSIX keeps"
plant src/host/base/x.c '#ifdef ORATOR_HAVE_CUDA\n#endif\n' "whether CUDA is built"
plant src/host/base/x.c 'void f(void) { printf("x"); }\n' "must not call printf()"
plant src/host/base/x.c "$(printf '\\n%.0s' {1..900})" "at most 900"
plant src/host/media/x.c 'int a;\n' "same file name"
plant src/host/base/y.h '#ifndef Y_H\n#define Y_H\n#endif\n' "header guard is not ORA_Y_H"
plant docs/t.md '[gone](gone.md)\n' "which is not there"
plant docs/t.md '[gone](t.md#other)\n' "no such heading"
plant docs/t.md 'Call `ora_gone()`.\n' "names ora_gone"
plant docs/t.md 'Read `src/host/base/gone.c`.\n' "names src/host/base/gone.c"

fresh
printf 'The `src/cpu/grid.c` (planned) is named.\n' >>"$tree/docs/t.md"
printf '/* printf() is refused; "exit(1)" too */\n' >>"$tree/src/host/base/x.c"
"$python" -IS "$tools/check_style.py" "$tree" || fail "check_style refuses what is allowed"
