#!/bin/sh
# Rewrites the expectations of tests/cli/*.cli (or of those named) to what the program does now.
# Expectations that hold stay as they are, globs too. Look at the difference before committing it.
set -eu
cd "$(dirname "$0")/.."
build=${ORATOR_BUILD:-build/dev}
if [ ! -x "$build/tests/cli/cli_runner" ]; then
    echo "tools/cli_update.sh: $build has no cli_runner; build it with: cmake --build $build" >&2
    exit 1
fi
runner=$(cd "$build" && pwd)/tests/cli/cli_runner
"$build/bin/orator" docs options >docs/config.md
"$build/bin/orator" docs config >configs/base.yaml
[ $# -gt 0 ] || set -- tests/cli/*.cli
for script; do
    ORATOR_TEST_SOURCE=$PWD ORATOR_TEST_PROGRAM=$(cd "$build" && pwd)/bin/orator \
        "$runner" --update "$script" || true
done
